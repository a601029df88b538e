package io.reelkeeper.storage;

import java.util.List;

/// A profile no longer leads to the place that was fixed when its session was accepted.
public final class DestinationChanged extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final List<String> fields;

  DestinationChanged(String profile, List<String> fields) {
    super("storage profile %s changed since: %s".formatted(profile, String.join(", ", fields)));
    this.fields = List.copyOf(fields);
  }

  /// What differs, such as `bucket`; `profile` when the profile is gone. Never a value.
  public List<String> fields() {
    return fields;
  }
}
