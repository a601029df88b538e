package io.reelkeeper.notification;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/// What the outside of a notification says, read without understanding its inside.
///
/// Whoever has a notice id is kept, however strange the rest may be. Texts are fit to be stored:
/// PostgreSQL knows no NUL character, and an index no endless keys.
///
/// @param raw the bytes that were signed, or the element of a signed array
/// @param eventType -1 when not said, as `sequence`; `sendts` is 0 then, texts are empty
record Envelope(
    String noticeId,
    byte[] raw,
    int eventType,
    String sid,
    String cname,
    String uid,
    long sequence,
    long sendts) {

  /// Longer ones do not exist, and an index entry has an end.
  private static final int LONGEST_ID = 512;

  /// Web recordings have channels of up to 1024 bytes; anything longer is cut.
  private static final int LONGEST_TEXT = 1024;

  /// A notice that says it is from a month ago or from the future is filed by when it came.
  private static final long PLAUSIBLE_MILLIS = 31L * 24 * 60 * 60 * 1000;

  private static final Pattern INTEGER = Pattern.compile("-?[0-9]{1,18}");

  /// The body's size is limited before; its shape needs no limits, because nothing is built from
  /// it.
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(Integer.MAX_VALUE)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxNameLength(Integer.MAX_VALUE)
                  .build())
          .build();

  /// Not JSON, or nothing that could be told apart from another notification.
  static final class Malformed extends Exception {
    private static final long serialVersionUID = 1L;

    Malformed(String why) {
      super(why, null, false, false);
    }
  }

  /// One notification, or the elements of an array of them: all or none.
  static List<Envelope> read(byte[] body) throws Malformed {
    String text = decode(body);
    try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
      var envelopes = new ArrayList<Envelope>();
      JsonToken first = parser.nextToken();
      if (first == JsonToken.START_ARRAY) {
        while (parser.nextToken() == JsonToken.START_OBJECT) {
          int from = (int) parser.currentTokenLocation().getCharOffset();
          Fields fields = Fields.read(parser);
          int to = (int) parser.currentLocation().getCharOffset();
          envelopes.add(fields.envelope(text.substring(from, to).getBytes(UTF_8)));
        }
        if (parser.currentToken() != JsonToken.END_ARRAY) {
          throw new Malformed("an element is not an object");
        }
      } else if (first == JsonToken.START_OBJECT) {
        envelopes.add(Fields.read(parser).envelope(body));
      } else {
        throw new Malformed("neither an object nor an array");
      }
      if (parser.nextToken() != null) {
        throw new Malformed("something follows after the end");
      }
      return envelopes;
    } catch (JacksonException e) {
      throw new Malformed("not JSON");
    }
  }

  /// Where it is filed: by the time at which it happened, which a resend does not change.
  LocalDate month(Instant now) {
    boolean plausible = sendts > 0 && Math.abs(now.toEpochMilli() - sendts) < PLAUSIBLE_MILLIS;
    return LocalDate.ofInstant(plausible ? Instant.ofEpochMilli(sendts) : now, ZoneOffset.UTC)
        .withDayOfMonth(1);
  }

  /// An integer written as a number or as a text.
  static long integer(@Nullable String text, long otherwise) {
    return text != null && INTEGER.matcher(text).matches() ? Long.parseLong(text) : otherwise;
  }

  static String storable(@Nullable String text) {
    if (text == null) {
      return "";
    }
    String cut = text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) : text;
    // half a surrogate pair is no character either, and comes out of the encoder as a question mark
    return new String(cut.getBytes(UTF_8), UTF_8).replace('\0', '\uFFFD');
  }

  private static String decode(byte[] body) throws Malformed {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      throw new Malformed("not UTF-8");
    }
  }

  /// The members that matter; of a member written twice the last one counts.
  private static final class Fields {
    private @Nullable String noticeId;
    private @Nullable String eventType;
    private @Nullable String outerSid;
    private @Nullable String sid;
    private @Nullable String cname;
    private @Nullable String uid;
    private @Nullable String sequence;
    private @Nullable String sendts;

    static Fields read(JsonParser parser) {
      var fields = new Fields();
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        switch (name) {
          case "noticeId" -> fields.noticeId = scalar(parser);
          case "eventType" -> fields.eventType = scalar(parser);
          case "sid" -> fields.outerSid = scalar(parser);
          case "payload" -> fields.readPayload(parser);
          default -> parser.skipChildren();
        }
      }
      return fields;
    }

    private void readPayload(JsonParser parser) {
      sid = null;
      cname = null;
      uid = null;
      sequence = null;
      sendts = null;
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        parser.skipChildren();
        return;
      }
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        parser.nextToken();
        switch (name) {
          case "sid" -> sid = scalar(parser);
          case "cname" -> cname = scalar(parser);
          case "uid" -> uid = scalar(parser);
          case "sequence" -> sequence = scalar(parser);
          case "sendts" -> sendts = scalar(parser);
          default -> parser.skipChildren();
        }
      }
    }

    private static @Nullable String scalar(JsonParser parser) {
      if (parser.currentToken() == JsonToken.VALUE_STRING || parser.currentToken().isNumeric()) {
        return parser.getString();
      }
      parser.skipChildren();
      return null;
    }

    Envelope envelope(byte[] raw) throws Malformed {
      if (noticeId == null || noticeId.isEmpty()) {
        throw new Malformed("no noticeId");
      }
      if (noticeId.length() > LONGEST_ID) {
        throw new Malformed("a noticeId of more than " + LONGEST_ID + " characters");
      }
      long type = integer(eventType, -1);
      return new Envelope(
          storable(noticeId),
          raw,
          type < 0 || type > Integer.MAX_VALUE ? -1 : (int) type,
          storable(sid == null || sid.isEmpty() ? outerSid : sid),
          storable(cname),
          storable(uid),
          Math.max(-1, integer(sequence, -1)),
          Math.max(0, integer(sendts, 0)));
    }
  }
}
