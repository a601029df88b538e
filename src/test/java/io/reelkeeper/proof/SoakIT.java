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
/// `-Dproof.kills` says how many; every tenth meets PostgreSQL in place of the service.
final class SoakIT {

  private static final Logger LOG = LoggerFactory.getLogger(SoakIT.class);

  /// As many as `mvn verify` has time for.
  private static final int KILLS = Integer.getInteger("proof.kills", 5);

  private static final int DATABASE_EVERY = 10;
  private static final int SETTLE_EVERY = 20;
  private static final int RECORDINGS = 3;
  private static final long LONGEST_MILLIS = 8_000;

  private static final Map<String, String> SETTINGS =
      Map.of("reelkeeper.timers.heartbeat", "500ms", "reelkeeper.inbox.lease", "3s");

  private static final SplittableRandom RANDOM = new SplittableRandom(Seed.of(SoakIT.class));

  private static Lab lab;

  private int kills;
  private int postmasters;

  @BeforeAll
  static void build() {
    lab = new Lab("soak", Seed.of(SoakIT.class), SETTINGS);
  }

  @AfterAll
  static void end() {
    lab.close();
  }

  @Test
  void killedAtRandomInstants() throws Exception {
    while (kills + postmasters < KILLS) {
      disturb();
      round();
      Verdict.always(lab);
      if ((kills + postmasters) % SETTLE_EVERY == 0) {
        settle();
      }
    }
    settle();
    tell();
  }

  /// Recordings begin, one kill meets them, and their callers see them through to the end.
  private void round() throws Exception {
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> lives = new ArrayList<>();
      for (int number = 0; number < RECORDINGS; number++) {
        String channel = "soak-" + (kills + postmasters) + "-" + number;
        long stopsAfter = RANDOM.nextLong(LONGEST_MILLIS);
        lives.add(callers.submit(() -> live(new Trial(lab, channel), stopsAfter)));
      }
      LockSupport.parkNanos(Duration.ofMillis(RANDOM.nextLong(LONGEST_MILLIS)).toNanos());
      if (RANDOM.nextInt(DATABASE_EVERY) == 0) {
        Instant from = WallClock.now();
        lab.postgres().kill();
        lab.postgres().start();
        lab.away(from);
        postmasters++;
      } else {
        lab.service().restart();
        kills++;
      }
      for (Future<?> life : lives) {
        life.get();
      }
    }
  }

  private static void live(Trial trial, long stopsAfter) {
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
  private void settle() {
    lab.agora().reset();
    Verdict.settled(lab);
    assertThat(lab.evidence().recorders()).allMatch(recorder -> recorder.endedAt() != null);
    LOG.info("{} kills of the service and {} of PostgreSQL", kills, postmasters);
  }

  private void tell() {
    Evidence evidence = lab.evidence();
    long acknowledged =
        evidence.deliveries().stream().filter(delivery -> delivery.status() == 200).count();
    long extra =
        evidence.recorders().size()
            - evidence.sessions().stream()
                .filter(it -> !evidence.recordersIn(it.channel()).isEmpty())
                .count();
    LOG.info(
        """

        kills of the service                          {}
        kills of PostgreSQL                           {}
        recordings asked for                          {}
        recorders that really ran                     {}
          of these ordered as replacements            {}
        notices acknowledged                          {}
          of these missing                            0
        most requests to Agora in one second          {}
        """,
        kills,
        postmasters,
        evidence.sessions().size(),
        evidence.recorders().size(),
        extra,
        acknowledged,
        evidence.mostInASecond());
  }
}
