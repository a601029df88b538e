package io.reelkeeper.checklist;

import io.reelkeeper.session.HaWatchdogs;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What an App ID may use at Agora, uses, and will need.
record QuotaView(String app, Requests requestsPerSecond, Workers workers, Watchdog watchdog) {

  /// @param limit as configured
  /// @param inUse requests per second over the last minute, of all replicas together
  /// @param forecast what asking all running recordings at the regular interval takes
  /// @param slowedUntil half the pace until then, because Agora answered 429; null if not slowed
  record Requests(double limit, double inUse, double forecast, @Nullable Instant slowedUntil) {}

  /// @param limit recorders that Agora allows at once
  /// @param inUse recorders that run, as far as is known
  /// @param forecast those and the starts on their way
  /// @param unknown starts whose outcome is not known; they may run too
  record Workers(int limit, int inUse, int forecast, int unknown) {}

  /// What a missing event 13 leads to.
  ///
  /// @param state `enforce`, `observe` or `off`
  /// @param trippedAt since when it only observes although it should enforce, or null
  /// @param trippedBy `no-event-13`, `no-notifications`, or null
  record Watchdog(String state, @Nullable Instant trippedAt, @Nullable String trippedBy) {

    static Watchdog of(HaWatchdogs.State state) {
      return new Watchdog(state.state(), state.trippedAt(), state.trippedBy());
    }
  }
}
