package io.reelkeeper.proof.check;

import static java.util.stream.Collectors.toUnmodifiableSet;

import io.reelkeeper.proof.check.Checker.Violation;
import io.reelkeeper.proof.check.Checker.When;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/// R1: what was answered 200 is kept, and gets to its session.
final class NoticeRules {

  private static final int OK = 200;
  private static final Set<String> OPEN = Set.of("new", "held");

  private NoticeRules() {}

  static List<Violation> check(Evidence evidence, When when) {
    List<Violation> found = new ArrayList<>();
    Set<String> known =
        evidence.tasks().stream()
            .map(Evidence.TaskRow::sid)
            .filter(Objects::nonNull)
            .collect(toUnmodifiableSet());
    for (var delivery : evidence.deliveries()) {
      String state = evidence.inbox().get(delivery.noticeId());
      if (delivery.status() == OK && state == null) {
        found.add(
            new Violation(
                "R1",
                "notice %s (event %s of %s) was acknowledged and is missing"
                    .formatted(delivery.noticeId(), delivery.eventType(), delivery.sid())));
      }
      if (when == When.SETTLED
          && known.contains(delivery.sid())
          && state != null
          && OPEN.contains(state)) {
        found.add(
            new Violation(
                "R1",
                "notice %s (event %s) of the known sid %s is still %s"
                    .formatted(delivery.noticeId(), delivery.eventType(), delivery.sid(), state)));
      }
    }
    return found;
  }
}
