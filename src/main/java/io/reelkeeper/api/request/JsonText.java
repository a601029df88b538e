package io.reelkeeper.api.request;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Reads a body as one JSON object in UTF-8, and refuses what two readers could read differently.
final class JsonText {

  /// The deepest known path (a layout region's member) has 4 levels; the rest is for unknown
  /// fields.
  private static final int DEPTH = 24;

  private static final JsonMapper STRICT =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(DEPTH).build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private JsonText() {}

  /// The object, or nothing after a violation was added.
  static Optional<ObjectNode> read(byte[] body, Violations violations) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
      if (STRICT.readTree(text) instanceof ObjectNode object) {
        storable(object, "", violations);
        return Optional.of(object);
      }
      violations.add("", "The body must be one JSON object.");
    } catch (CharacterCodingException _) {
      violations.add("", "The body is not UTF-8.");
    } catch (JacksonException e) {
      violations.add("", why(e));
    }
    return Optional.empty();
  }

  /// Jackson's own message repeats the text, and the text may be a secret.
  private static String why(JacksonException e) {
    String message = String.valueOf(e.getOriginalMessage());
    String what;
    if (message.startsWith("Duplicate")) {
      what = "The body has an object with the same member twice; keep one of them";
    } else if (message.contains("nesting depth")) {
      what = "The body is nested deeper than " + DEPTH + " levels";
    } else {
      what = "The body is not one well-formed JSON object";
    }
    TokenStreamLocation place = e.getLocation();
    return place == null
        ? what + "."
        : "%s (line %d, column %d).".formatted(what, place.getLineNr(), place.getColumnNr());
  }

  /// What PostgreSQL or Agora could not keep as it is: NUL, half a surrogate pair, infinite
  /// numbers.
  private static void storable(JsonNode node, String pointer, Violations violations) {
    if (node.isString() && !storable(node.stringValue())) {
      violations.add(
          pointer, "The text has a character that is no Unicode text (NUL, or half a pair).");
    } else if (node.isNumber() && !Double.isFinite(node.doubleValue())) {
      violations.add(pointer, "The number is larger than any that can be kept.");
    }
    node.forEachEntry(
        (name, child) -> {
          if (storable(name)) {
            storable(child, Violations.below(pointer, name), violations);
          } else {
            violations.add(pointer, "A member's name has a character that is no Unicode text.");
          }
        });
    if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        storable(node.get(i), Violations.below(pointer, i), violations);
      }
    }
  }

  private static boolean storable(String text) {
    return text.indexOf(0) < 0 && StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }
}
