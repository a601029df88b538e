package io.reelkeeper.sandbox.rules;

import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Looks at the fields of one request and keeps the first reason to refuse it, as Agora names only
/// one.
final class Checker {

  private static final Pattern UID = Pattern.compile("[1-9][0-9]{0,9}");
  private static final long LARGEST_UID = 4_294_967_295L;

  private final String operation;
  private @Nullable String refusal;

  Checker(String operation) {
    this.operation = operation;
  }

  @Nullable String refusal() {
    return refusal;
  }

  boolean fine() {
    return refusal == null;
  }

  void refuse(String field) {
    because("invalid " + field + " value!");
  }

  void because(String reason) {
    if (refusal == null) {
      refusal = operation + ": " + reason;
    }
  }

  void refuseIf(boolean wrong, String field) {
    if (wrong) {
      refuse(field);
    }
  }

  /// Returns the member, or null when it is absent or refused.
  @Nullable JsonNode object(JsonNode parent, String name, boolean required) {
    JsonNode node = member(parent, name, required);
    if (node != null && !node.isObject()) {
      refuse(name);
      return null;
    }
    return node;
  }

  @Nullable JsonNode array(JsonNode parent, String name, int most, boolean required) {
    JsonNode node = member(parent, name, required);
    if (node != null && (!node.isArray() || node.size() > most)) {
      refuse(name);
      return null;
    }
    return node;
  }

  void integer(JsonNode parent, String name, long least, long most, boolean required) {
    JsonNode node = member(parent, name, required);
    if (node != null
        && (!node.isIntegralNumber() || node.longValue() < least || node.longValue() > most)) {
      refuse(name);
    }
  }

  void decimal(JsonNode parent, String name, double least, double most, boolean required) {
    JsonNode node = member(parent, name, required);
    if (node != null
        && (!node.isNumber() || node.doubleValue() < least || node.doubleValue() > most)) {
      refuse(name);
    }
  }

  void bool(JsonNode parent, String name) {
    JsonNode node = member(parent, name, false);
    refuseIf(node != null && !node.isBoolean(), name);
  }

  @Nullable String text(JsonNode parent, String name, boolean required) {
    JsonNode node = member(parent, name, required);
    if (node == null) {
      return null;
    }
    if (!node.isString() || (required && node.stringValue().isEmpty())) {
      refuse(name);
      return null;
    }
    return node.stringValue();
  }

  void oneOf(JsonNode parent, String name, Set<String> allowed) {
    String text = text(parent, name, false);
    refuseIf(text != null && !allowed.contains(text), name);
  }

  void matches(JsonNode parent, String name, Pattern pattern, boolean required) {
    String text = text(parent, name, required);
    refuseIf(text != null && !pattern.matcher(text).matches(), name);
  }

  void uid(JsonNode parent, String name, boolean required) {
    String text = text(parent, name, required);
    refuseIf(text != null && !isUid(text), name);
  }

  static boolean isUid(String text) {
    return UID.matcher(text).matches() && Long.parseLong(text) <= LARGEST_UID;
  }

  private @Nullable JsonNode member(JsonNode parent, String name, boolean required) {
    JsonNode node = parent.get(name);
    if (node == null || node.isNull()) {
      refuseIf(required || node != null, name);
      return null;
    }
    return node;
  }
}
