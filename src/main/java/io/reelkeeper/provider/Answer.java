package io.reelkeeper.provider;

import io.reelkeeper.core.Owner;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What became of a request to Agora.
public sealed interface Answer<T> {

  /// Done: HTTP 200 with the body that belongs to it, or a stop whose upload goes on (code 50).
  record Granted<T>(T value) implements Answer<T> {}

  /// Not done, and asking again in the same way will not help.
  ///
  /// @param code Agora's body code, or the HTTP status where the body has none
  /// @param reason what Agora said, at most 300 characters; `Classify.whatToCheck` says what to do
  record Refused<T>(int httpStatus, int code, String reason, Owner owner) implements Answer<T> {}

  /// Not done as far as Agora says; asking again may help. `code` as in `Refused`.
  ///
  /// @param retryAfter the wish of the other side, null when it said nothing
  record Busy<T>(int httpStatus, int code, String reason, @Nullable Duration retryAfter)
      implements Answer<T> {}

  /// No answer that can be believed.
  ///
  /// @param reached false only when the request certainly never reached Agora (its name did not
  ///     resolve, the connection was refused): then nothing happened. True: it may have happened
  record Unheard<T>(String why, boolean reached) implements Answer<T> {}

  /// Never sent: our own pace has no room for it now.
  ///
  /// @param by how long to wait before asking again
  record Postponed<T>(Duration by) implements Answer<T> {}

  /// The word for this answer in metrics and in the journal.
  default String word() {
    return switch (this) {
      case Granted<T> _ -> "granted";
      case Refused<T> _ -> "refused";
      case Busy<T> _ -> "busy";
      case Unheard<T> _ -> "unheard";
      case Postponed<T> _ -> "postponed";
    };
  }
}
