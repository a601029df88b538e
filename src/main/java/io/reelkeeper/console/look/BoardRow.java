package io.reelkeeper.console.look;

import io.reelkeeper.session.state.Policy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// One recording on the board.
///
/// @param proof how long ago anything proved that it records, a dash where nothing has to
/// @param changes what became of its recorders, in a few words
/// @param troubles what is wrong with it, the gravest first; empty when nothing is
public record BoardRow(
    UUID id,
    String app,
    String channel,
    String mode,
    String slot,
    String status,
    String since,
    String proof,
    String changes,
    List<Trouble> troubles) {

  /// What is known of it.
  ///
  /// @param provenAt the youngest proof of any recorder that is wanted
  /// @param stoppingSince since when its end is wanted, however often that was tried
  /// @param doubtSince since when Agora does not find the only one that is wanted
  /// @param unknown starts of unknown outcome
  /// @param replacedLately recorders that were started for another within the budget's time
  /// @param audit the gravest word of its audits, empty without any
  record Facts(
      UUID id,
      String app,
      String channel,
      String mode,
      String slot,
      String status,
      @Nullable String reason,
      Instant createdAt,
      @Nullable Instant stoppingSince,
      @Nullable Instant stoppedAt,
      int recorders,
      @Nullable String lastCause,
      @Nullable Instant lastAt,
      @Nullable Instant provenAt,
      @Nullable Instant doubtSince,
      int unknown,
      int replacedLately,
      @Nullable String error,
      String audit) {}

  static BoardRow of(Facts facts, Policy policy, Instant now) {
    boolean live = facts.status().equals("recording") || facts.status().equals("recovering");
    return new BoardRow(
        facts.id(),
        facts.app(),
        facts.channel(),
        facts.mode(),
        facts.slot(),
        facts.status(),
        Ages.of(
            Duration.between(
                facts.createdAt(), facts.stoppedAt() == null ? now : facts.stoppedAt())),
        live ? Ages.since(facts.provenAt(), now) : "–",
        changes(facts, now),
        Trouble.of(facts, policy, now));
  }

  private static String changes(Facts facts, Instant now) {
    if (facts.recorders() <= 1 || facts.lastCause() == null) {
      return facts.recorders() == 0 ? "no recorder yet" : "1 recorder";
    }
    return "%d recorders, the last %s ago: %s"
        .formatted(
            facts.recorders(), Ages.since(facts.lastAt(), now), Reasons.inWords(facts.lastCause()));
  }

  public boolean isInTrouble() {
    return !troubles.isEmpty();
  }

  public boolean isAlarming() {
    return isInTrouble() && troubles.getFirst().isAlarm();
  }

  /// The slot where it is not the usual one.
  public String ownSlot() {
    return slot.equals("main") ? "" : slot;
  }
}
