package io.reelkeeper.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.reelkeeper.proof.Trial.Verdict;
import io.reelkeeper.proof.check.Evidence;
import io.reelkeeper.proof.lab.Lab;
import io.reelkeeper.proof.lab.WallClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Kills at random instants, one after the other, while recordings are started and stopped and
/// notices come in, with answers that are slow, lost and doubled.
///
/// `-Dproof.kills` says how many. Some meet a service that has only begun to start, once or several
/// times; every tenth meets PostgreSQL in their place. Nothing waits for a recording to get over a
/// kill before the next one comes: only every twentieth time or so all is left alone, and must
/// settle.
final class SoakIT {

  private static final Logger LOG = LoggerFactory.getLogger(SoakIT.class);

  /// As many as `mvn verify` has time for.
  private static final int KILLS = Integer.getInteger("proof.kills", 5);

  private static final int DATABASE_EVERY = 10;
  private static final int SETTLE_AFTER = 20;
  private static final int RECORDINGS = 3;
  private static final int LONGEST_RECORDING = 8_000;

  /// Milliseconds between the service's readiness and its kill, and between its launch and a kill
  /// that comes before or about when it gets ready.
  private static final int LONGEST_READY = 3_000;

  private static final int LONGEST_STARTING = 6_000;
  private static final int MOST_WHILE_STARTING = 3;

  private static final Map<String, String> SETTINGS =
      Map.of("reelkeeper.timers.heartbeat", "500ms", "reelkeeper.inbox.lease", "3s");

  private static final SplittableRandom RANDOM = new SplittableRandom(Seed.of(SoakIT.class));

  private static Lab lab;

  private final List<Future<?>> lives = new ArrayList<>();
  private int kills;
  private int whileStarting;
  private int postmasters;

  @BeforeAll
  static void build() {
    lab = new Lab("soak", Seed.of(SoakIT.class), SETTINGS).letsArriveTogether(1);
  }

  @AfterAll
  static void end() {
    lab.close();
  }

  @Test
  void killedAtRandomInstants() throws Exception {
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      int settled = 0;
      while (done() < KILLS) {
        disturb();
        begin(callers);
        pass(LONGEST_READY);
        kill();
        if (done() - settled >= SETTLE_AFTER) {
          settle();
          settled = done();
        }
      }
      settle();
    }
  }

  private int done() {
    return kills + whileStarting + postmasters;
  }

  /// Recordings, whose callers see them through to the end whatever happens.
  private void begin(ExecutorService callers) {
    for (int number = 0; number < RECORDINGS; number++) {
      var trial = new Trial(lab, "soak-" + done() + "-" + number);
      int stopsAfter = RANDOM.nextInt(LONGEST_RECORDING);
      lives.add(callers.submit(() -> live(trial, stopsAfter)));
    }
  }

  private void kill() {
    if (RANDOM.nextInt(DATABASE_EVERY) == 0) {
      Instant from = WallClock.now();
      lab.postgres().kill();
      lab.postgres().start();
      lab.away(from);
      postmasters++;
      return;
    }
    for (int times = RANDOM.nextInt(MOST_WHILE_STARTING + 1); times > 0; times--) {
      lab.service().kill();
      lab.service().launch();
      pass(LONGEST_STARTING);
      whileStarting++;
    }
    lab.service().restart();
    kills++;
  }

  private static void pass(int atMost) {
    LockSupport.parkNanos(Duration.ofMillis(RANDOM.nextInt(atMost)).toNanos());
  }

  private static void live(Trial trial, int stopsAfter) {
    UUID session = trial.asksUntilAnswered();
    LockSupport.parkNanos(Duration.ofMillis(stopsAfter).toNanos());
    await(trial.channel() + " is stopping")
        .atMost(Trial.PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .until(() -> trial.stops(session).status() / 100 == 2);
  }

  private static void disturb() {
    lab.agora().reset();
    lab.agora()
        .fault(
            """
            [{"notices": "lose", "percent": 20},
             {"notices": "duplicate", "percent": 20},
             {"notices": "reorder", "percent": 20, "delay": "3s"},
             {"operation": "%s", "delay": "%sms", "afterWork": true},
             {"operation": "%s", "drop": "after"}]
            """
                .formatted(operation(), RANDOM.nextInt(4_000), operation()));
  }

  private static String operation() {
    String[] all = {"acquire", "start", "query", "stop"};
    return all[RANDOM.nextInt(all.length)];
  }

  /// Everything is left alone until nothing of it is open.
  private void settle() throws Exception {
    lab.agora().reset();
    for (Future<?> life : lives) {
      life.get();
    }
    lives.clear();
    Verdict.settled(lab);
    Evidence evidence = lab.evidence();
    assertThat(evidence.recorders()).allMatch(recorder -> recorder.endedAt() != null);
    tell(evidence);
  }

  private void tell(Evidence evidence) {
    long acknowledged =
        evidence.deliveries().stream().filter(delivery -> delivery.status() == 200).count();
    LOG.info(
        """

        kills of the service                          {}
          of these after it was ready                 {}
        kills of PostgreSQL                           {}
        recordings asked for                          {}
        recorders that really ran                     {}
        notices acknowledged, all of them kept        {}
        most requests to Agora in one second          {}
        """,
        kills + whileStarting,
        kills,
        postmasters,
        evidence.sessions().size(),
        evidence.recorders().size(),
        acknowledged,
        evidence.mostInASecond());
  }
}
