package io.reelkeeper.proof.check;

import io.reelkeeper.proof.check.Checker.Violation;
import java.util.ArrayList;
import java.util.List;

/// I9: no secret in logs, dumps and answers.
final class SecretRules {

  private SecretRules() {}

  static List<Violation> check(Evidence evidence) {
    List<Violation> found = new ArrayList<>();
    for (String secret : evidence.secrets()) {
      evidence
          .texts()
          .forEach(
              (name, text) -> {
                if (text.contains(secret)) {
                  found.add(new Violation("I9", "a secret is in " + name));
                }
              });
      for (var exchange : evidence.exchanges()) {
        if (exchange.body().contains(secret)) {
          found.add(new Violation("I9", "a secret is in an answer of " + exchange.what()));
        }
      }
    }
    return found;
  }
}
