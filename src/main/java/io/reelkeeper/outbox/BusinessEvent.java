package io.reelkeeper.outbox;

import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Something the business may want to know, such as `session.recording`.
///
/// @param type without the product's prefix
/// @param data what is told, ready to be written as JSON; never a secret
public record BusinessEvent(
    String type, UUID session, String app, Instant at, Map<String, @Nullable Object> data) {
  public BusinessEvent {
    data = Collections.unmodifiableMap(new LinkedHashMap<>(data));
  }
}
