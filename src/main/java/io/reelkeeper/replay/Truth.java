package io.reelkeeper.replay;

import io.reelkeeper.session.state.Notice;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What really went on around one session, as far as its history tells.
///
/// @param fates what befell its tasks, by their numbers
/// @param stops when the caller asked to stop, and with which reason
/// @param presences what the channel's presence said
/// @param endings when the channel, or the page, held nothing to record any more
/// @param until the last time that anything is known of
/// @param unreadable rows that could not be understood
/// @param complete false when the history is too long to be read whole
record Truth(
    Map<Integer, Fate> fates,
    List<StopAsked> stops,
    List<Presence> presences,
    List<Ending> endings,
    Instant until,
    int unreadable,
    boolean complete) {

  record StopAsked(Instant at, String reason) {}

  /// @param hosts -1 when it could not be learnt
  record Presence(Instant at, int hosts) {}

  /// @param task the task whose end told
  /// @param notice told to every recorder that runs then
  record Ending(Instant at, int task, Notice notice) {}

  /// Users that the channel held: what the nearest answer said; where nobody ever asked, somebody,
  /// unless a recorder left it empty before.
  int hosts(Instant at) {
    Optional<Presence> nearest =
        presences.stream().min(Comparator.comparing(it -> Duration.between(it.at, at).abs()));
    if (nearest.isPresent()) {
      return nearest.get().hosts;
    }
    return endings.stream().anyMatch(it -> !it.at.isAfter(at)) ? 0 : 1;
  }
}
