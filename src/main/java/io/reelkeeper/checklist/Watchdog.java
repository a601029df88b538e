package io.reelkeeper.checklist;

import io.reelkeeper.session.limits.HaWatchdogs;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What a missing event 13 leads to.
///
/// @param state `enforce`, `observe` or `off`
/// @param trippedAt since when it only observes although it should enforce, or null
/// @param trippedBy `no-event-13`, `no-notifications`, or null
public record Watchdog(String state, @Nullable Instant trippedAt, @Nullable String trippedBy) {

  static Watchdog of(HaWatchdogs.State state) {
    return new Watchdog(state.state(), state.trippedAt(), state.trippedBy());
  }
}
