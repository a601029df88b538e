package io.reelkeeper.console.look;

import io.reelkeeper.session.state.Policy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is wrong with a recording, in a sentence for whoever was just woken up.
public record Trouble(Weight weight, String says) {

  /// The graver first.
  public enum Weight {
    /// Something is not recorded, or its files are not there.
    ALARM,
    /// It may become that, or costs money.
    WARNING
  }

  /// So many replacements within the hour are no accident any more.
  private static final int OFTEN = 2;

  static List<Trouble> of(BoardRow.Facts facts, Policy policy, Instant now) {
    List<Trouble> all = new ArrayList<>();
    switch (facts.status()) {
      case "starting" -> starting(facts, policy, now, all);
      case "recording" -> recording(facts, policy, now, all);
      case "recovering" -> recovering(facts, all);
      case "stopping" -> stopping(facts, policy, now, all);
      case "failed" -> all.add(alarm("It failed" + Reasons.because(facts.reason())));
      default -> {}
    }
    if (facts.error() != null) {
      all.add(alarm("Agora reports: " + Reasons.inWords(facts.error())));
    }
    if (facts.unknown() > 0) {
      all.add(
          warning(
              "What became of a start is not known; a recorder may run and nobody can stop it"));
    }
    if (facts.replacedLately() >= OFTEN) {
      all.add(
          warning(
              "Replaced %d times within %s; at %d it fails"
                  .formatted(
                      facts.replacedLately(),
                      Ages.of(policy.replacements().per()),
                      policy.replacements().limit())));
    }
    audit(facts.audit(), all);
    all.sort((one, other) -> one.weight.compareTo(other.weight));
    return List.copyOf(all);
  }

  private static void starting(
      BoardRow.Facts facts, Policy policy, Instant now, List<Trouble> all) {
    if (facts.createdAt().plus(policy.verifyDeadline()).isBefore(now)) {
      all.add(alarm("Asked for " + Ages.since(facts.createdAt(), now) + " ago and not recording"));
    }
  }

  /// An empty channel that is waited for is in order.
  private static void recovering(BoardRow.Facts facts, List<Trouble> all) {
    if (!"idle".equals(facts.reason())) {
      all.add(
          alarm(
              "Nothing records now; a replacement is on its way"
                  + Reasons.because(facts.reason())));
    }
  }

  private static void recording(
      BoardRow.Facts facts, Policy policy, Instant now, List<Trouble> all) {
    Instant doubt = facts.doubtSince();
    if (doubt != null) {
      all.add(
          alarm(
              "Agora has not found the recorder for " + Ages.since(doubt, now) + "; asked again"));
    }
    if (isStale(facts.provenAt(), policy.monitorInterval(), now)) {
      all.add(
          alarm(
              facts.provenAt() == null
                  ? "Nothing has ever proven that it records"
                  : "Nothing has proven for "
                      + Ages.since(facts.provenAt(), now)
                      + " that it records"));
    }
  }

  /// Two questions in a row went by without an answer, and the second was not just late.
  private static boolean isStale(@Nullable Instant proven, Duration interval, Instant now) {
    return proven == null || proven.plus(interval.multipliedBy(5).dividedBy(2)).isBefore(now);
  }

  private static void stopping(
      BoardRow.Facts facts, Policy policy, Instant now, List<Trouble> all) {
    Instant since = facts.stoppingSince();
    if (since != null && since.plus(policy.doubtWindow()).isBefore(now)) {
      all.add(
          warning(
              "Its end has not been proven for "
                  + Ages.since(since, now)
                  + "; a recorder may still run"));
    }
  }

  private static void audit(String status, List<Trouble> all) {
    switch (status) {
      case "missing" -> all.add(alarm("None of its files is in the bucket"));
      case "misplaced" -> all.add(alarm("Its files lie at another storage profile"));
      case "incomplete" -> all.add(alarm("Files or minutes are missing in the bucket"));
      case "unreachable" -> all.add(warning("The bucket cannot be read"));
      default -> {}
    }
  }

  private static Trouble alarm(String says) {
    return new Trouble(Weight.ALARM, says);
  }

  private static Trouble warning(String says) {
    return new Trouble(Weight.WARNING, says);
  }

  public boolean isAlarm() {
    return weight == Weight.ALARM;
  }
}
