package io.reelkeeper.proof.check;

import io.reelkeeper.proof.check.Checker.Violation;
import io.reelkeeper.proof.check.Checker.When;
import io.reelkeeper.proof.check.Evidence.Exchange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// What callers were answered: it is durable, the same for the same key, and never a 500.
final class AnswerRules {

  private static final int NO_ANSWER = 0;
  private static final int SERVER_ERROR = 500;
  private static final int AWAY = 503;

  private AnswerRules() {}

  static List<Violation> check(Evidence evidence, When when) {
    List<Violation> found = new ArrayList<>();
    Map<String, UUID> byKey = new HashMap<>();
    Map<String, String> created = new HashMap<>();
    for (Exchange exchange : evidence.exchanges()) {
      int status = exchange.status();
      if (status >= SERVER_ERROR && status != AWAY) {
        found.add(
            new Violation(
                "R5",
                "%s of %s was answered %s: %s"
                    .formatted(exchange.what(), exchange.channel(), status, exchange.body())));
      }
      UUID session = exchange.session();
      if (session == null || status == NO_ANSWER) {
        continue;
      }
      var row = evidence.session(session);
      if (row.isEmpty()) {
        found.add(
            new Violation(
                "R1", "%s was acknowledged and is missing".formatted(exchange.channel())));
        continue;
      }
      if (exchange.what().equals("start") && !exchange.key().isEmpty()) {
        sameForTheSameKey(exchange, session, byKey, created, found);
      }
      boolean stopped = exchange.what().equals("stop") && (status == 200 || status == 202);
      if (stopped && !row.get().isFinal() && !row.get().status().equals("stopping")) {
        found.add(
            new Violation(
                "R1", "the stop of %s was acknowledged and lost".formatted(exchange.channel())));
      }
      if (stopped && when == When.SETTLED && !row.get().isFinal()) {
        found.add(new Violation("R2", "%s is still stopping".formatted(exchange.channel())));
      }
    }
    return found;
  }

  private static void sameForTheSameKey(
      Exchange exchange,
      UUID session,
      Map<String, UUID> byKey,
      Map<String, String> created,
      List<Violation> found) {
    UUID first = byKey.putIfAbsent(exchange.key(), session);
    if (first != null && !first.equals(session)) {
      found.add(new Violation("R7", "key %s led to two sessions".formatted(exchange.key())));
    }
    if (exchange.status() == 201) {
      String body = created.putIfAbsent(exchange.key(), exchange.body());
      if (body != null && !body.equals(exchange.body())) {
        found.add(new Violation("R7", "key %s had two answers".formatted(exchange.key())));
      }
    }
  }
}
