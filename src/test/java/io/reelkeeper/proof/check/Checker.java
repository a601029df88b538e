package io.reelkeeper.proof.check;

import java.util.ArrayList;
import java.util.List;

/// Compares the witnesses of a trial by a model of what may be.
public final class Checker {

  /// What must not be.
  ///
  /// @param goal that is missed, as in `src/docs/proof.md`
  public record Violation(String goal, String what) {}

  /// When it is looked.
  public enum When {
    /// At any instant, also in the middle of a recovery.
    ALWAYS,
    /// When all that was disturbed has had its time to recover.
    SETTLED
  }

  private Checker() {}

  public static List<Violation> violations(Evidence evidence, When when) {
    List<Violation> found = new ArrayList<>();
    found.addAll(NoticeRules.check(evidence, when));
    found.addAll(ProofRules.check(evidence, when));
    found.addAll(BillRules.check(evidence, when));
    found.addAll(AnswerRules.check(evidence, when));
    found.addAll(MoveRules.check(evidence));
    found.addAll(TimerRules.check(evidence, when));
    found.addAll(SecretRules.check(evidence));
    if (evidence.mostInASecond() > evidence.limits().requestsPerSecond()) {
      found.add(
          new Violation(
              "R6",
              "%s requests in one second, allowed are %s"
                  .formatted(evidence.mostInASecond(), evidence.limits().requestsPerSecond())));
    }
    return found;
  }
}
