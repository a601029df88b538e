package io.reelkeeper.outbox;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/// Something the business may want to know, such as `session.recording`.
///
/// @param type without the product's prefix
/// @param data what is told, ready to be written as JSON; never a secret
public record BusinessEvent(
    String type, UUID session, String app, Instant at, Map<String, Object> data) {
  public BusinessEvent {
    data = Map.copyOf(data);
  }
}
