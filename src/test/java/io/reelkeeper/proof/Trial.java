package io.reelkeeper.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.reelkeeper.proof.check.Checker;
import io.reelkeeper.proof.check.Checker.When;
import io.reelkeeper.proof.check.Evidence.Exchange;
import io.reelkeeper.proof.lab.Lab;
import io.reelkeeper.proof.lab.Service;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;

/// One recording that something befalls, from its start to a quiet end.
final class Trial {

  /// A busy machine takes a minute for what an idle one does in ten seconds.
  static final Duration PATIENCE = Duration.ofMinutes(6);

  private final Lab lab;
  private final String channel;
  private final String key;

  Trial(Lab lab, String channel) {
    this.lab = lab;
    this.channel = channel;
    this.key = "key-of-" + channel;
  }

  String channel() {
    return channel;
  }

  Exchange asks() {
    return asks(lab.service());
  }

  Exchange asks(Service service) {
    return lab.caller().starts(service, channel, key);
  }

  CompletableFuture<Exchange> asksMeanwhile() {
    return CompletableFuture.supplyAsync(this::asks, Executors.newVirtualThreadPerTaskExecutor());
  }

  /// As a client does that got no answer: the same again under the same key, until there is one.
  UUID asksUntilAnswered() {
    return await(channel + " is answered")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> asks().session(), Objects::nonNull);
  }

  Exchange stops(UUID session) {
    return lab.caller().stops(lab.service(), channel, session);
  }

  /// Until the end is proven, as a client does.
  void stopsForGood(UUID session) {
    await(channel + " is stopped")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> stops(session).status() == 200);
  }

  /// One recorder, no more and no less, and everybody says so.
  void recordsOnce(UUID session) {
    await(channel + " is recorded by one recorder")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .until(
            () ->
                lab.status(session).equals("recording")
                    && lab.agora().running(channel).size() == 1);
    lab.caller().looks(lab.service(), channel, session);
    quiet();
  }

  /// Waits until what was disturbed has settled, and holds everything against the model.
  void quiet() {
    Verdict.settled(lab);
  }

  long recorders() {
    return lab.agora().recordings(channel).size();
  }

  /// What the model says of all that happened in a lab.
  static final class Verdict {

    private Verdict() {}

    static void settled(Lab lab) {
      await("all settles")
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(500))
          .untilAsserted(
              () -> assertThat(Checker.violations(lab.evidence(), When.SETTLED)).isEmpty());
    }

    static void always(Lab lab) {
      List<Checker.Violation> violations = Checker.violations(lab.evidence(), When.ALWAYS);
      assertThat(violations).isEmpty();
    }
  }
}
