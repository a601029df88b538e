package io.reelkeeper.session;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// The only door to the state of sessions.
@Component
public class Sessions {

  /// The session after a signal, and the rule that decided.
  public record Applied(Session session, Rule rule) {}

  /// Where a notice belongs.
  public sealed interface Route {
    record To(UUID session) implements Route {}

    /// A start of this channel and UID is under way; its answer will tell whose sid this is.
    record Later() implements Route {}

    record Nobody() implements Route {}
  }

  /// Which sessions are listed, newest first.
  ///
  /// @param apps only these, or all when null
  /// @param after the id of the last one seen, or null
  public record Listing(
      @Nullable Set<String> apps,
      @Nullable String channel,
      Set<Session.Status> statuses,
      Map<String, String> labels,
      @Nullable Instant since,
      @Nullable Instant until,
      @Nullable UUID after,
      int limit) {}

  /// Accepts a recording, unless something active or an idempotency key says otherwise.
  public Opened open(Opening opening) {
    throw new UnsupportedOperationException(opening.toString());
  }

  /// Keeps the first answer under the key; returns the one that counts, this or an earlier one.
  public Opened.FirstAnswer answered(
      String caller, String idempotencyKey, Opened.FirstAnswer answer) {
    throw new UnsupportedOperationException(caller + idempotencyKey + answer);
  }

  /// Gives the key free again: its answer was no answer to the request (503).
  public void forgetKey(String caller, String idempotencyKey) {
    throw new UnsupportedOperationException(caller + idempotencyKey);
  }

  public Optional<Session> find(UUID id) {
    throw new UnsupportedOperationException(id.toString());
  }

  public List<Session> list(Listing listing) {
    throw new UnsupportedOperationException(listing.toString());
  }

  /// Takes a signal in: one transaction for state, history, timers and events.
  public Applied apply(UUID id, Signal signal) {
    throw new UnsupportedOperationException(id + signal.toString());
  }

  /// Finds whom a notice of this App ID speaks of, by its sid, else by channel and UID.
  public Route route(String app, Notice notice) {
    throw new UnsupportedOperationException(app + notice);
  }

  /// Waits until the session is as wished or the time is over; the session as it is then.
  public Session await(UUID id, Predicate<Session> wished, Duration atMost) {
    throw new UnsupportedOperationException(id + wished.toString() + atMost);
  }
}
