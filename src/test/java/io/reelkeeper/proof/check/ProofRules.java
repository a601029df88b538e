package io.reelkeeper.proof.check;

import io.reelkeeper.proof.check.Checker.Violation;
import io.reelkeeper.proof.check.Checker.When;
import io.reelkeeper.proof.check.Evidence.Exchange;
import io.reelkeeper.proof.check.Evidence.Recorder;
import io.reelkeeper.proof.check.Evidence.SessionRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// R2: nobody is told that it records without a recorder that was ready; and a recorder that runs
/// is known.
final class ProofRules {

  private ProofRules() {}

  static List<Violation> check(Evidence evidence, When when) {
    List<Violation> found = new ArrayList<>();
    for (Exchange exchange : evidence.exchanges()) {
      if (exchange.said().equals("recording")
          && neverReady(evidence, exchange.channel(), exchange.answered())) {
        found.add(claim(exchange.channel(), "a caller at " + exchange.answered()));
      }
    }
    for (var event : evidence.events()) {
      evidence
          .session(event.session())
          .filter(_ -> event.type().equals("session.recording"))
          .filter(_ -> !event.at().isAfter(evidence.at()))
          .filter(it -> neverReady(evidence, it.channel(), event.at().plusSeconds(1)))
          .ifPresent(it -> found.add(claim(it.channel(), "the business at " + event.at())));
    }
    if (when == When.SETTLED) {
      evidence.sessions().forEach(session -> settled(evidence, session, found));
      for (Recorder recorder : evidence.recorders()) {
        if (recorder.endedAt() == null && !known(evidence, recorder)) {
          found.add(
              new Violation("R2", "recorder %s runs and is unknown".formatted(recorder.sid())));
        }
      }
    }
    return found;
  }

  private static boolean neverReady(Evidence evidence, String channel, Instant time) {
    return evidence.recordersIn(channel).stream()
        .map(Recorder::readyAt)
        .noneMatch(ready -> ready != null && !ready.isAfter(time));
  }

  private static Violation claim(String channel, String to) {
    return new Violation(
        "R2", "%s was told recording to %s before any recorder was ready".formatted(channel, to));
  }

  private static void settled(Evidence evidence, SessionRow session, List<Violation> found) {
    boolean runs =
        evidence.tasksOf(session.id()).stream()
            .filter(task -> task.wanted() && task.confirmedAt() != null)
            .flatMap(
                task -> evidence.recorders().stream().filter(it -> it.sid().equals(task.sid())))
            .anyMatch(recorder -> recorder.runsAt(evidence.at()));
    if (session.status().equals("recording") && !runs) {
      found.add(
          new Violation(
              "R2", "session %s claims to record and nothing runs".formatted(session.channel())));
    }
  }

  private static boolean known(Evidence evidence, Recorder recorder) {
    return evidence.taskOf(recorder).isPresent();
  }
}
