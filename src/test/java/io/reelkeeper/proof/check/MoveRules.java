package io.reelkeeper.proof.check;

import io.reelkeeper.proof.check.Checker.Violation;
import io.reelkeeper.proof.check.Evidence.Step;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/// R10: the history of a session is one legal path that leads to where it is.
final class MoveRules {

  /// The README's picture; a state that stays is no move.
  private static final Map<String, Set<String>> LEGAL =
      Map.of(
          "starting", Set.of("recording", "recovering", "stopping", "stopped", "failed"),
          "recording", Set.of("recovering", "stopping", "stopped", "failed"),
          "recovering", Set.of("recording", "stopping", "stopped", "failed"),
          "stopping", Set.of("stopped"),
          "stopped", Set.of(),
          "failed", Set.of());

  private MoveRules() {}

  static List<Violation> check(Evidence evidence) {
    List<Violation> found = new ArrayList<>();
    Map<UUID, String> reached = new HashMap<>();
    for (Step step : evidence.history()) {
      String before = reached.getOrDefault(step.session(), "starting");
      if (!before.equals(step.before())) {
        found.add(
            new Violation(
                "R10", "%s begins at %s, not at %s".formatted(step, step.before(), before)));
      }
      boolean legal =
          step.before().equals(step.after())
              || LEGAL.getOrDefault(step.before(), Set.of()).contains(step.after());
      if (!legal) {
        found.add(new Violation("R10", "%s is no legal move".formatted(step)));
      }
      reached.put(step.session(), step.after());
    }
    for (var session : evidence.sessions()) {
      String end = reached.getOrDefault(session.id(), "starting");
      if (!end.equals(session.status())) {
        found.add(
            new Violation(
                "R10",
                "%s is %s, its history ends at %s"
                    .formatted(session.channel(), session.status(), end)));
      }
    }
    return found;
  }
}
