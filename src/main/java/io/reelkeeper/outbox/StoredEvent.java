package io.reelkeeper.outbox;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.UUID;

/// An event as it is told.
///
/// @param position its place in the order in which all readers see events
/// @param id what it is called outside, the same however often it is told
/// @param data a JSON object
public record StoredEvent(
    long position, UUID id, UUID session, String app, String type, Instant at, String data) {

  static StoredEvent of(ResultSet row, int number) throws SQLException {
    return new StoredEvent(
        row.getLong("position"),
        row.getObject("uid", UUID.class),
        row.getObject("session_id", UUID.class),
        row.getString("app"),
        row.getString("type"),
        row.getObject("at", OffsetDateTime.class).toInstant(),
        row.getString("data"));
  }
}
