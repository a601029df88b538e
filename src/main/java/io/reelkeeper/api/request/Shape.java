package io.reelkeeper.api.request;

import static io.reelkeeper.api.request.Violations.below;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/// What a value may look like: its type and range. The rules are written with these as tables, and
/// the API's documentation is made from the same tables.
public sealed interface Shape {

  /// What is wanted, as the end of "must be ...".
  String wanted();

  /// Whether a value of the right JSON type lies in the range; the type alone if there is no range.
  boolean fits(JsonNode value);

  /// Adds a violation for everything about the value that is not as wanted.
  default void check(JsonNode value, String pointer, Violations violations) {
    if (!fits(value)) {
      violations.add(pointer, "This must be " + wanted() + ", not " + kind(value) + ".");
    }
  }

  /// @param unit behind the figures, may be empty
  record Whole(long min, long max, String unit) implements Shape {
    @Override
    public String wanted() {
      return "a whole number from %d to %d%s".formatted(min, max, unit.isEmpty() ? "" : " " + unit);
    }

    @Override
    public boolean fits(JsonNode value) {
      return value.isIntegralNumber()
          && value.canConvertToLong()
          && value.longValue() >= min
          && value.longValue() <= max;
    }
  }

  /// One of a few numbers, each with its meaning (which may be empty).
  record Code(Map<Integer, String> meanings) implements Shape {
    @Override
    public String wanted() {
      var list = new ArrayList<String>();
      meanings.forEach(
          (code, says) -> list.add(says.isEmpty() ? code + "" : code + " (" + says + ")"));
      return "one of the numbers " + String.join(", ", list);
    }

    @Override
    public boolean fits(JsonNode value) {
      return value.isIntegralNumber()
          && value.canConvertToInt()
          && meanings.containsKey(value.intValue());
    }
  }

  record Fraction(int min, int max) implements Shape {
    @Override
    public String wanted() {
      return "a number from %d to %d".formatted(min, max);
    }

    @Override
    public boolean fits(JsonNode value) {
      return value.isNumber()
          && value.decimalValue().compareTo(BigDecimal.valueOf(min)) >= 0
          && value.decimalValue().compareTo(BigDecimal.valueOf(max)) <= 0;
    }
  }

  record Flag() implements Shape {
    @Override
    public String wanted() {
      return "true or false";
    }

    @Override
    public boolean fits(JsonNode value) {
      return value.isBoolean();
    }
  }

  record Word(List<String> words) implements Shape {
    @Override
    public String wanted() {
      return words.size() == 1
          ? "\"" + words.getFirst() + "\""
          : "one of \"" + String.join("\", \"", words) + "\"";
    }

    @Override
    public boolean fits(JsonNode value) {
      return value.isString() && words.contains(value.stringValue());
    }
  }

  /// @param wanted the sentence for people
  /// @param format the whole text must match
  record Text(String wanted, Pattern format) implements Shape {
    @Override
    public boolean fits(JsonNode value) {
      return value.isString() && format.matcher(value.stringValue()).matches();
    }
  }

  record Items(Shape item, int min, int max) implements Shape {
    @Override
    public String wanted() {
      return "an array of %d to %d elements, each %s".formatted(min, max, item.wanted());
    }

    @Override
    public boolean fits(JsonNode value) {
      return value.isArray() && value.size() >= min && value.size() <= max;
    }

    @Override
    public void check(JsonNode value, String pointer, Violations violations) {
      Shape.super.check(value, pointer, violations);
      if (fits(value)) {
        for (int i = 0; i < value.size(); i++) {
          item.check(value.get(i), below(pointer, i), violations);
        }
      }
    }
  }

  /// An object whose member names are data.
  record Entries(Shape key, Shape value, int max) implements Shape {
    @Override
    public String wanted() {
      return "an object of at most %d members; each name %s, each value %s"
          .formatted(max, key.wanted(), value.wanted());
    }

    @Override
    public boolean fits(JsonNode object) {
      return object.isObject() && object.size() <= max;
    }

    @Override
    public void check(JsonNode object, String pointer, Violations violations) {
      Shape.super.check(object, pointer, violations);
      if (fits(object)) {
        object.forEachEntry(
            (name, child) -> {
              if (!key.fits(StringNode.valueOf(name))) {
                violations.add(below(pointer, name), "The name must be " + key.wanted() + ".");
              }
              value.check(child, below(pointer, name), violations);
            });
      }
    }
  }

  /// An object with known members.
  ///
  /// @param open whether unknown members pass through to Agora
  record Members(Map<String, Member> known, boolean open) implements Shape {

    /// @param says what it is for, for the documentation
    record Member(Shape shape, Need need, String says) {}

    enum Need {
      REQUIRED,
      OPTIONAL,
      /// May also be null, which is the same as leaving it out.
      NULLABLE
    }

    @Override
    public String wanted() {
      return "an object";
    }

    @Override
    public boolean fits(JsonNode value) {
      return value.isObject();
    }

    @Override
    public void check(JsonNode object, String pointer, Violations violations) {
      Shape.super.check(object, pointer, violations);
      if (!object.isObject()) {
        return;
      }
      known.forEach(
          (name, member) -> {
            if (member.need() == Need.REQUIRED && object.get(name) == null) {
              violations.add(
                  below(pointer, name),
                  "This is required; it must be " + member.shape().wanted() + ".");
            }
          });
      object.forEachEntry((name, child) -> checkMember(name, child, pointer, violations));
    }

    private void checkMember(String name, JsonNode child, String pointer, Violations violations) {
      String place = below(pointer, name);
      Member member = known.get(name);
      if (member != null) {
        if (!child.isNull() || member.need() != Need.NULLABLE) {
          member.shape().check(child, place, violations);
        }
        return;
      }
      String meant = meant(name);
      if (meant != null) {
        violations.add(place, "Did you mean " + meant + "? Names are case-sensitive.");
      } else if (!open) {
        violations.add(
            place,
            "This member is not known here; known are " + String.join(", ", known.keySet()) + ".");
      }
    }

    private @Nullable String meant(String name) {
      return known.keySet().stream()
          .filter(candidate -> candidate.equalsIgnoreCase(name))
          .findFirst()
          .orElse(null);
    }
  }

  /// Writes the table of an object's members row by row.
  final class Table {

    private final Map<String, Members.Member> rows = new LinkedHashMap<>();

    Table required(String name, Shape shape, String says) {
      rows.put(name, new Members.Member(shape, Members.Need.REQUIRED, says));
      return this;
    }

    Table optional(String name, Shape shape, String says) {
      rows.put(name, new Members.Member(shape, Members.Need.OPTIONAL, says));
      return this;
    }

    Table nullable(String name, Shape shape, String says) {
      rows.put(name, new Members.Member(shape, Members.Need.NULLABLE, says));
      return this;
    }

    /// Unknown members pass through.
    Members open() {
      return new Members(rows, true);
    }

    /// Unknown members are violations.
    Members closed() {
      return new Members(rows, false);
    }
  }

  private static String kind(JsonNode value) {
    return switch (value.getNodeType()) {
      case STRING -> "this text";
      case NUMBER -> "this number";
      case BOOLEAN -> value.booleanValue() ? "true" : "false";
      case NULL -> "null (leave the member out instead)";
      case ARRAY -> "an array of " + value.size();
      case OBJECT -> "an object" + (value.isEmpty() ? "" : " like this");
      default -> "this";
    };
  }
}
