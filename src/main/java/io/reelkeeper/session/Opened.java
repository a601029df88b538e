package io.reelkeeper.session;

import io.reelkeeper.session.state.Session;
import org.jspecify.annotations.Nullable;

/// What became of the wish to record.
public sealed interface Opened {

  /// Accepted and durable; its start is on its way.
  record Created(Session session) implements Opened {}

  /// The very same recording is active already.
  record Existing(Session session) implements Opened {}

  /// Another recording of this channel, mode and slot is active.
  record Conflict(Session active) implements Opened {}

  /// This idempotency key was used by this caller before, for the same body.
  ///
  /// @param answer the first answer, null while it is still being made
  record Repeated(Session session, @Nullable FirstAnswer answer) implements Opened {}

  /// This idempotency key was used before, for another body.
  record KeyReused() implements Opened {}

  /// Another recorder is in this channel under a UID that the caller wishes.
  record UidTaken(String uid) implements Opened {}

  /// The App ID has as many recorders as it may.
  ///
  /// @param recorders which ones, in words
  record WorkersExhausted(int limit, String recorders) implements Opened {}

  /// The answer that an idempotency key is worth for 24 hours.
  ///
  /// @param status HTTP status
  /// @param body the JSON as sent
  record FirstAnswer(int status, String contentType, String body) {}
}
