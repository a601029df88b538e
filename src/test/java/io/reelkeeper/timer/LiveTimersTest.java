package io.reelkeeper.timer;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.reelkeeper.TestDatabase;
import io.reelkeeper.trail.Trail;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/// Whole schedulers on a real clock: what only happens while they poll, nudge, die and stop.
final class LiveTimersTest {

  /// So slow that whatever runs within the test's patience was not found by a poll.
  private static final Duration NO_POLL = Duration.ofSeconds(10);

  private static final Duration QUICK_POLL = Duration.ofMillis(20);

  /// Real, since the scheduler waits for real time to pass, unless told to jump.
  private static final class JumpingClock extends Clock {

    @SuppressWarnings("TimeZoneUsage")
    private volatile Clock clock = Clock.systemUTC();

    void jump(Duration time) {
      clock = Clock.offset(clock, time);
    }

    @Override
    public Instant instant() {
      return clock.instant();
    }

    @Override
    public ZoneId getZone() {
      return clock.getZone();
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return clock.withZone(zone);
    }
  }

  private record Run(String replica, String instance, Instant at) {}

  private record Replica(Timers timers, LiveTimers live, SimpleMeterRegistry meters) {}

  private final JumpingClock clock = new JumpingClock();

  private final TestDatabase database = TestDatabase.migrated();
  private final List<Replica> replicas = new ArrayList<>();
  private final BlockingQueue<Run> runs = new LinkedBlockingQueue<>();

  @AfterEach
  void close() {
    replicas.forEach(replica -> replica.live().stop());
    database.close();
  }

  @Test
  void aTimerSetForNowRunsAfterItsCommitWithoutWaitingForThePoll() throws Exception {
    var replica = replica("a", NO_POLL, _ -> {});
    new TransactionTemplate(new JdbcTransactionManager(database.dataSource()))
        .executeWithoutResult(_ -> replica.timers().change(List.of(set("s1", clock.instant()))));

    assertThat(nextRun().instance()).isEqualTo("s1");
  }

  @Test
  void aTimerDueSoonRunsAtItsTimeAndNotBefore() throws Exception {
    var replica = replica("a", NO_POLL, _ -> {});
    Instant due = clock.instant().plusMillis(300);
    replica.timers().change(List.of(set("s1", due)));

    assertThat(nextRun().at()).isAfterOrEqualTo(due);
  }

  @Test
  void aTimerThatAnotherReplicaSetIsFoundByThePoll() throws Exception {
    replica("a", QUICK_POLL, _ -> {});
    new Timers(database.jdbc(), new Nudge(clock)).change(List.of(set("s1", clock.instant())));

    assertThat(nextRun().instance()).isEqualTo("s1");
  }

  @Test
  void noTimerRunsTwiceWhenReplicasPollTogether() throws Exception {
    var first = replica("a", QUICK_POLL, _ -> {});
    replica("b", QUICK_POLL, _ -> {});
    replica("c", QUICK_POLL, _ -> {});
    var changes = new ArrayList<TimerChange>();
    for (int i = 0; i < 300; i++) {
      changes.add(set("s" + i, clock.instant()));
    }
    first.timers().change(changes);

    var seen = new ArrayList<String>();
    for (int i = 0; i < 300; i++) {
      seen.add(nextRun().instance());
    }
    assertThat(seen).doesNotHaveDuplicates();
    assertThat(runs).isEmpty();
  }

  @Test
  void aWalkRunsOnAVirtualThread() throws Exception {
    var virtual = new LinkedBlockingQueue<Boolean>();
    var replica = replica("a", NO_POLL, _ -> virtual.add(Thread.currentThread().isVirtual()));
    replica.timers().change(List.of(set("s1", clock.instant())));

    assertThat(virtual.poll(10, SECONDS)).isTrue();
  }

  @Test
  void whatADeadReplicaWasRunningRunsElsewhere() throws Exception {
    deadReplicaRan("QUERY", "s1", Duration.ofSeconds(9));
    replica("b", QUICK_POLL, Duration.ofSeconds(2), _ -> {});

    assertThat(nextRun()).extracting(Run::replica, Run::instance).containsExactly("b", "s1");
  }

  @Test
  void aRunWithAFreshHeartbeatIsLeftAlone() throws Exception {
    deadReplicaRan("QUERY", "alive", Duration.ZERO);
    deadReplicaRan("QUERY", "dead", Duration.ofSeconds(9));
    replica("b", QUICK_POLL, Duration.ofSeconds(2), _ -> {});

    assertThat(nextRun().instance()).isEqualTo("dead");
    assertThat(row("alive")).isEqualTo("picked by dead-replica");
  }

  @Test
  void aLongWalkIsKeptAliveByItsHeartbeats() throws Exception {
    var begun = new CountDownLatch(1);
    var end = new CountDownLatch(1);
    var slow =
        replica(
            "slow",
            QUICK_POLL,
            Duration.ofMillis(50),
            _ -> {
              begun.countDown();
              await(end);
            });
    slow.timers().change(List.of(set("s1", clock.instant())));
    await(begun);
    String first = heartbeat("s1");
    replica("quick", QUICK_POLL, Duration.ofMillis(50), _ -> {});

    // two more heartbeats have come and gone, and with them two looks of the other for the dead
    awaitChange(first);
    awaitChange(heartbeat("s1"));
    end.countDown();

    assertThat(nextRun().replica()).isEqualTo("slow");
    assertThat(runs).isEmpty();
  }

  @Test
  void aReplicaThatCouldNotSaySoInTimeDoesNotTakeItsOwnWalksForDead() throws Exception {
    var begun = new CountDownLatch(1);
    var begins = new AtomicInteger();
    var end = new CountDownLatch(1);
    var replica =
        replica(
            "a",
            QUICK_POLL,
            Duration.ofMillis(50),
            _ -> {
              begins.incrementAndGet();
              begun.countDown();
              await(end);
            });
    replica.timers().change(List.of(set("s1", clock.instant())));
    await(begun);
    for (int i = 0; i < 5; i++) {
      String before = heartbeat("s1");
      clock.jump(Duration.ofMinutes(1));
      awaitChange(before);
    }
    end.countDown();
    nextRun();

    assertThat(begins).hasValue(1);
  }

  @Test
  void timersOfKindsNobodyServesAreNeitherPickedNorDeleted() throws Exception {
    var replica = replica("a", QUICK_POLL, _ -> {});
    replica
        .timers()
        .change(
            List.of(
                new TimerChange.Set("TOMORROWS_KIND", "t1", clock.instant(), 9),
                set("s1", clock.instant())));
    nextRun();

    assertThat(row("t1")).isEqualTo("waiting");
  }

  @Test
  void aStopLetsAWalkFinish() throws Exception {
    var begun = new CountDownLatch(1);
    var end = new CountDownLatch(1);
    var replica =
        replica(
            "a",
            NO_POLL,
            _ -> {
              begun.countDown();
              await(end);
            });
    replica.timers().change(List.of(set("s1", clock.instant())));
    await(begun);

    var stop = Thread.ofVirtual().start(() -> replica.live().stop());
    end.countDown();
    assertThat(stop.join(Duration.ofSeconds(10))).isTrue();

    assertThat(row("s1")).isEqualTo("gone");
  }

  @Test
  void aStopHandsBackWhatDoesNotEndInTime() throws Exception {
    var begun = new CountDownLatch(1);
    var replica =
        replica(
            "a",
            NO_POLL,
            _ -> {
              begun.countDown();
              await(new CountDownLatch(1));
            });
    replica.timers().change(List.of(set("s1", clock.instant())));
    await(begun);

    replica.live().stop();

    assertThat(row("s1")).isEqualTo("waiting");
    replica("b", QUICK_POLL, _ -> {});
    assertThat(nextRun()).extracting(Run::replica, Run::instance).containsExactly("b", "s1");
  }

  @Test
  void howLateATimerRanIsMeasured() throws Exception {
    var replica = replica("a", NO_POLL, _ -> {});
    replica.timers().change(List.of(set("s1", clock.instant().minusSeconds(7))));
    nextRun();

    var lag = replica.meters().get("reelkeeper.timer.lag").timer();
    assertThat(lag.count()).isOne();
    assertThat(lag.max(SECONDS)).isGreaterThanOrEqualTo(7);
  }

  private Replica replica(String name, Duration poll, Consumer<String> doing) {
    return replica(name, poll, Duration.ofMillis(100), doing);
  }

  private Replica replica(String name, Duration poll, Duration heartbeat, Consumer<String> doing) {
    var beans = new StaticListableBeanFactory();
    beans.addBean("walk", walk(name, doing));
    var nudge = new Nudge(clock);
    var meters = new SimpleMeterRegistry();
    var jdbc = database.jdbc();
    var live =
        new LiveTimers(
            database.dataSource(),
            jdbc,
            new Walks(beans.getBeanProvider(Walk.class), jdbc, clock, meters, Trail.withoutSpans()),
            nudge,
            settings(poll, heartbeat),
            clock,
            new Random());
    live.start();
    var replica = new Replica(new Timers(jdbc, nudge), live, meters);
    replicas.add(replica);
    return replica;
  }

  private static TimerSettings settings(Duration poll, Duration heartbeat) {
    return new TimerSettings(true, poll, 100, heartbeat, Duration.ofMillis(500));
  }

  private Walk walk(String replica, Consumer<String> doing) {
    return new Walk() {
      @Override
      public String kind() {
        return "QUERY";
      }

      @Override
      public void run(String instance) {
        Instant at = clock.instant();
        doing.accept(instance);
        runs.add(new Run(replica, instance, at));
      }
    };
  }

  private static TimerChange set(String instance, Instant at) {
    return new TimerChange.Set("QUERY", instance, at, 0);
  }

  private void deadReplicaRan(String kind, String instance, Duration silentFor) {
    database
        .jdbc()
        .sql(
            """
            insert into scheduled_tasks
              (task_name, task_instance, execution_time, picked, picked_by, last_heartbeat, version)
            values (:kind, :instance, :at, true, 'dead-replica', :at, 7)
            """)
        .param("kind", kind)
        .param("instance", instance)
        .param("at", Timestamp.from(clock.instant().minus(silentFor)))
        .update();
  }

  private String row(String instance) {
    return database
        .jdbc()
        .sql("select picked, picked_by from scheduled_tasks where task_instance = :instance")
        .param("instance", instance)
        .query((row, _) -> row.getBoolean("picked") ? "picked by " + row.getString(2) : "waiting")
        .optional()
        .orElse("gone");
  }

  private String heartbeat(String instance) {
    return database
        .jdbc()
        .sql("select last_heartbeat from scheduled_tasks where task_instance = :instance")
        .param("instance", instance)
        .query((row, _) -> row.getString(1))
        .single();
  }

  private void awaitChange(String heartbeat) {
    while (heartbeat("s1").equals(heartbeat)) {
      Thread.onSpinWait();
    }
  }

  private Run nextRun() throws InterruptedException {
    Run run = runs.poll(9, SECONDS); // before a slow poll could have found it
    assertThat(run).as("a run").isNotNull();
    return requireNonNull(run);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
