package io.reelkeeper.proof;

import static java.util.stream.Collectors.toUnmodifiableSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.reelkeeper.proof.check.Evidence.Exchange;
import io.reelkeeper.proof.lab.Lab;
import io.reelkeeper.proof.lab.Service;
import io.reelkeeper.proof.lab.WallClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Three replicas on one database, of which one dies, stands still or leaves for an upgrade; two of
/// them have clocks that are ten seconds apart all the time.
final class ReplicaIT {

  private static final Logger LOG = LoggerFactory.getLogger(ReplicaIT.class);
  private static final int CALLERS = 100;
  private static final Duration SKEW = Duration.ofSeconds(5);

  private static Lab lab;

  @BeforeAll
  static void build() {
    lab =
        new Lab(
            "replica",
            Seed.of(ReplicaIT.class),
            Map.of(),
            List.of(Duration.ZERO, SKEW, SKEW.negated()));
  }

  @AfterAll
  static void end() {
    lab.close();
  }

  private static Service replica(int number) {
    return lab.services().get(number);
  }

  @Test
  void aHundredCallersWithOneKeyGetOneRecording() throws Exception {
    var trial = new Trial(lab, "hundred");
    List<Exchange> answers;
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Exchange>> callers =
          IntStream.range(0, CALLERS)
              .<Callable<Exchange>>mapToObj(number -> () -> trial.asks(replica(number % 3)))
              .toList();
      answers = threads.invokeAll(callers).stream().map(ReplicaIT::join).toList();
    }

    assertThat(answers.stream().map(Exchange::status).collect(toUnmodifiableSet()))
        .containsOnly(201);
    assertThat(answers.stream().map(Exchange::body).collect(toUnmodifiableSet())).hasSize(1);
    assertThat(lab.agora().asked("acquire", trial.channel())).isOne();
    assertThat(lab.agora().asked("start", trial.channel())).isOne();
    UUID session = trial.asksUntilAnswered();
    trial.recordsOnce(session);
    trial.stopsForGood(session);
  }

  @Test
  void theWorkOfADeadReplicaIsTakenOver() {
    var trial = new Trial(lab, "takeover");
    CompletableFuture<Exchange> answer = startsAndWaitsAt(trial, "acquire:before");
    Service dead = reached();
    dead.kill();
    Instant died = WallClock.now();
    lab.services().forEach(Service::disarm);
    await()
        .atMost(Trial.PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> lab.agora().asked("start", trial.channel()) > 0);
    LOG.info("taken over after {}", Duration.between(died, WallClock.now()));
    answer.join();
    dead.start();

    endsWell(trial);
  }

  @Test
  void aReplicaThatWakesUpAfterItWasTakenOverWritesNothing() {
    var trial = new Trial(lab, "frozen");
    CompletableFuture<Exchange> answer = startsAndWaitsAt(trial, "start:after");
    Service asleep = reached();
    asleep.process().freeze();
    lab.services().forEach(Service::disarm);
    await().atMost(Trial.PATIENCE).pollInterval(Duration.ofMillis(100)).until(() -> hasSid(trial));
    asleep.process().thaw();
    answer.join();

    endsWell(trial);
  }

  @Test
  void oneAfterTheOtherIsRestartedWhileCallersGoOn() {
    for (int number = 0; number < 3; number++) {
      var trial = new Trial(lab, "rolling-" + number);
      Service leaving = replica(number);
      assertThat(leaving.process().ends()).isTrue();
      leaving.ended();
      UUID session = answeredBy(trial, replica((number + 1) % 3));
      leaving.start();
      trial.recordsOnce(session);
      trial.stopsForGood(session);
    }
    Trial.Verdict.settled(lab);
  }

  /// Whichever replica comes to the point waits there.
  private static CompletableFuture<Exchange> startsAndWaitsAt(Trial trial, String point) {
    lab.services().forEach(service -> service.arm(point));
    return CompletableFuture.supplyAsync(
        () -> trial.asks(replica(0)), Executors.newVirtualThreadPerTaskExecutor());
  }

  private static Service reached() {
    await()
        .atMost(Trial.PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> lab.services().stream().anyMatch(Service::hasReached));
    return lab.services().stream().filter(Service::hasReached).findFirst().orElseThrow();
  }

  private static boolean hasSid(Trial trial) {
    return lab.evidence().tasks().stream()
        .anyMatch(task -> task.channel().equals(trial.channel()) && task.sid() != null);
  }

  private static void endsWell(Trial trial) {
    UUID session = answeredBy(trial, replica(0));
    trial.recordsOnce(session);
    assertThat(trial.recorders()).isOne();
    trial.stopsForGood(session);
    trial.quiet();
  }

  private static UUID answeredBy(Trial trial, Service service) {
    return await(trial.channel() + " is answered")
        .atMost(Trial.PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> trial.asks(service).session(), Objects::nonNull);
  }

  private static Exchange join(Future<Exchange> answer) {
    try {
      return answer.get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}
