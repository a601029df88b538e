package io.reelkeeper.quota;

import static io.reelkeeper.quota.Urgency.COMMAND;
import static io.reelkeeper.quota.Urgency.POLL;
import static io.reelkeeper.quota.Urgency.SECOND_OF_PAIR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.reelkeeper.TestDatabase;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.datasource.DelegatingDataSource;

final class QuotaTest {

  private static final String APP = "classroom";
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final TestDatabase database = TestDatabase.migrated();

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void noSecondHoldsMoreThanTheLimitWhateverReplicasAsk() throws Exception {
    int limit = 200;
    var replicas = List.of(replica(limit), replica(limit), replica(limit));
    var left = new ConcurrentLinkedQueue<Long>();
    var calls = new ArrayList<Callable<Slot>>();
    for (int i = 0; i < 3 * limit; i++) {
      var quota = replicas.get(i % replicas.size());
      calls.add(() -> leaving(quota, left));
    }

    assertThat(together(calls)).allMatch(Slot.Go.class::isInstance);
    assertThatNoSecondHoldsMoreThan(limit, left);
  }

  @Test
  void whatComesASecondAfterARequestThatLeftLateKeepsItsDistance() {
    var quota = replica(2);
    var first = go(quota);
    long left = first.due() + SECOND / 5;
    assertThat(first.isLate(left)).isTrue();
    quota.leftLate(APP, first, left);

    var second = go(quota);
    var third = go(replica(2));

    assertThat(second.due() - first.due()).as("what comes before that").isLessThan(SECOND * 6 / 10);
    assertThat(third.due() - left).isBetween(SECOND, SECOND * 11 / 10);
    assertThat(go(quota).due() - third.due()).isLessThan(SECOND * 6 / 10);
  }

  @Test
  void aRequestThatLeavesAfterThoseBehindItHoldsUpTheNextOne() {
    var quota = replica(2);
    var first = go(quota);
    go(quota);
    var third = go(quota);
    long left = third.due() + SECOND / 10;
    quota.leftLate(APP, first, left);

    assertThat(go(quota).due() - left).isGreaterThan(SECOND);
  }

  @Test
  void aRequestThatLeavesAtOnceIsNotLate() {
    var slot = go(replica(2));

    assertThat(slot.isLate(slot.due() + TimeUnit.MILLISECONDS.toNanos(10))).isFalse();
  }

  private static Slot.Go go(Quota quota) {
    return (Slot.Go) quota.await(APP, COMMAND);
  }

  /// Else those of one replica would be booked ahead of another one's commands.
  @Test
  void pollsNeverHaveTheWholePace() throws Exception {
    int limit = 100;
    int polls = 150;
    var replicas = List.of(replica(limit), replica(limit));
    var due = new ConcurrentLinkedQueue<Long>();
    var calls = new ArrayList<Callable<Slot>>();
    for (int i = 0; i < 20; i++) {
      var quota = replicas.get(i % replicas.size());
      calls.add(
          () -> {
            Slot slot = new Slot.NotNow(Duration.ZERO);
            while (due.size() < polls) {
              slot = quota.await(APP, POLL);
              if (slot instanceof Slot.Go go) {
                due.add(go.due());
              }
            }
            return slot;
          });
    }
    together(calls);

    var first = due.stream().sorted().limit(polls).toList();
    double wholePace = polls / (0.95 * limit);
    assertThat((first.getLast() - first.getFirst()) / (double) SECOND)
        .as("seconds from the first to the last")
        .isGreaterThan(1.02 * wholePace);
  }

  @Test
  void theMoreUrgentGoesFirstHoweverLateItCame() throws Exception {
    var quota = replica(100);
    quota.slowDown(APP); // a second of silence in which all can line up
    var gone = new ConcurrentLinkedQueue<String>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var asked = new ArrayList<Future<?>>();
      for (var ask :
          List.of(
              ask("poll", POLL),
              ask("acquire 1", COMMAND),
              ask("acquire 2", COMMAND),
              ask("start", SECOND_OF_PAIR))) {
        var inLine = new Thread[1];
        asked.add(
            threads.submit(
                () -> {
                  inLine[0] = Thread.currentThread();
                  if (quota.await(APP, ask.urgency()) instanceof Slot.Go) {
                    gone.add(ask.name());
                  }
                  return null;
                }));
        awaitWaiting(inLine);
      }
      for (var one : asked) {
        one.get();
      }
    }

    assertThat(gone).startsWith("start", "acquire 1", "acquire 2");
  }

  @Test
  void aPollIsToldToComeBackWhileCommandsQueue() throws Exception {
    var quota = replica(10);
    quota.slowDown(APP);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 30; i++) {
        var inLine = new Thread[1];
        var _ =
            threads.submit(
                () -> {
                  inLine[0] = Thread.currentThread();
                  return quota.await(APP, COMMAND);
                });
        awaitWaiting(inLine);
      }

      var first = quota.await(APP, POLL);
      var second = quota.await(APP, POLL);

      threads.shutdownNow();
      assertThat(first).isInstanceOf(Slot.NotNow.class);
      // thirty commands at ten a second go before it
      assertThat(((Slot.NotNow) first).by()).isGreaterThan(Duration.ofSeconds(2));
      // and two polls are not asked to come back together
      assertThat(((Slot.NotNow) second).by())
          .isGreaterThan(((Slot.NotNow) first).by().plusMillis(50));
    }
  }

  @Test
  void aCommandDoesNotWaitForEver() {
    assertThat(replica(0.01).await(APP, COMMAND)).isInstanceOf(Slot.Go.class);

    var impatient = Quotas.of(database.dataSource(), APP, 0.01, Duration.ofMillis(200));
    assertThat(impatient.await(APP, COMMAND)).isInstanceOf(Slot.NotNow.class);
  }

  @Test
  void a429SlowsEveryReplica() {
    var told = replica(100);
    var other = replica(100);
    other.await(APP, COMMAND);

    told.slowDown(APP);

    assertThat(other.usage(APP).slowedUntil()).isNotNull();
    long begin = System.nanoTime();
    var left = new ConcurrentLinkedQueue<Long>();
    for (int i = 0; i < 10; i++) {
      leaving(other, left);
    }
    var at = List.copyOf(left);
    assertThat(at.getFirst() - begin).isGreaterThan(SECOND * 9 / 10);
    assertThat(at.getLast() - at.getFirst()) // nine steps at half of 95 a second
        .isGreaterThan(Math.round(9 / 47.5 * SECOND) - TimeUnit.MILLISECONDS.toNanos(30));
  }

  @Test
  void nothingGoesUnpacedWhenTheDatabaseIsAway() {
    var nobody = new PGSimpleDataSource();
    nobody.setPortNumbers(new int[] {1});
    var quota = Quotas.of(nobody, APP, 10);

    assertThatThrownBy(() -> quota.await(APP, COMMAND)).isInstanceOf(DataAccessException.class);
    assertThatThrownBy(() -> quota.await(APP, POLL)).isInstanceOf(DataAccessException.class);
  }

  @Test
  void whoeverWaitsWhenTheDatabaseGoesAwayIsTold() throws Exception {
    var failing = new AtomicInteger();
    var quota =
        Quotas.of(
            new DelegatingDataSource(database.dataSource()) {
              @Override
              public Connection getConnection() throws SQLException {
                if (failing.get() > 0) {
                  throw new SQLException("gone");
                }
                return super.getConnection();
              }
            },
            APP,
            2);
    quota.await(APP, COMMAND);
    failing.set(1);

    var answers = new ArrayList<Callable<Object>>();
    for (int i = 0; i < 3; i++) {
      answers.add(
          () -> {
            try {
              return quota.await(APP, COMMAND);
            } catch (DataAccessException e) {
              return e;
            }
          });
    }
    assertThat(together(answers)).allMatch(DataAccessException.class::isInstance);
    failing.set(0);
    assertThat(quota.await(APP, COMMAND)).isInstanceOf(Slot.Go.class);
  }

  @Test
  void aSlotThatAPauseHasMadeLateIsBookedAnew() {
    var pauses = new AtomicInteger();
    var quota = Quotas.of(pausing(pauses), APP, 100);
    quota.await(APP, COMMAND);
    long before = used();

    pauses.set(1);
    assertThat(quota.await(APP, COMMAND)).isInstanceOf(Slot.Go.class);

    assertThat(used() - before).as("slots booked for one request").isGreaterThanOrEqualTo(2);
  }

  @Test
  void aDatabaseThatAnswersLateStillLetsRequestsLeave() {
    var quota = Quotas.of(pausing(new AtomicInteger(Integer.MAX_VALUE)), APP, 100);

    assertThat(quota.await(APP, COMMAND)).isInstanceOf(Slot.Go.class);
    assertThat(quota.await(APP, COMMAND)).isInstanceOf(Slot.Go.class);
  }

  @Test
  void aDatabaseClockSetBackDoesNotShutTheAppId() {
    var quota = replica(100);
    quota.await(APP, COMMAND);
    database
        .jdbc()
        .sql(
            """
            update quota_pace
            set next_at = next_at + interval '1 hour',
                next_poll_at = next_poll_at + interval '1 hour'
            """)
        .update();

    assertThat(quota.await(APP, POLL)).isInstanceOf(Slot.Go.class);
    assertThat(quota.await(APP, COMMAND)).isInstanceOf(Slot.Go.class);
  }

  @Test
  void usageSpeaksOfAllReplicas() {
    var one = replica(1_000);
    var other = replica(1_000);
    for (int i = 0; i < 30; i++) {
      one.await(APP, COMMAND);
      other.await(APP, COMMAND);
    }

    var usage = one.usage(APP);

    assertThat(usage.limit()).isEqualTo(1_000);
    assertThat(usage.used()).isCloseTo(1, within(0.1)); // sixty in a minute
    assertThat(usage.slowedUntil()).isNull();
  }

  @Test
  void whatAgoraCountsApartHasAPaceOfItsOwn() {
    var quota = replica(1_000);
    quota.slowDown(APP + "/presence");

    assertThat(quota.usage(APP).slowedUntil()).isNull();
    assertThat(quota.usage(APP + "/presence").slowedUntil()).isNotNull();
    assertThat(quota.usage(APP + "/presence").limit()).isEqualTo(10);
  }

  @Test
  void anUnknownAppIsRefused() {
    assertThatThrownBy(() -> replica(10).await("nobody", COMMAND)).hasMessageContaining("nobody");
  }

  private record Ask(String name, Urgency urgency) {}

  private static Ask ask(String name, Urgency urgency) {
    return new Ask(name, urgency);
  }

  private Quota replica(double requestsPerSecond) {
    return Quotas.of(database.dataSource(), APP, requestsPerSecond);
  }

  private static Slot leaving(Quota quota, ConcurrentLinkedQueue<Long> left) {
    Slot slot = quota.await(APP, COMMAND);
    long now = System.nanoTime();
    if (slot instanceof Slot.Go go) {
      left.add(now);
      if (go.isLate(now)) {
        quota.leftLate(APP, go, now);
      }
    }
    return slot;
  }

  private static <T> List<T> together(List<Callable<T>> calls) throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var answers = new ArrayList<T>();
      for (var answer : threads.invokeAll(calls)) {
        answers.add(answer.get());
      }
      return answers;
    }
  }

  private static void assertThatNoSecondHoldsMoreThan(int limit, ConcurrentLinkedQueue<Long> left) {
    var at = left.stream().sorted().toList();
    assertThat(at).hasSizeGreaterThan(limit);
    for (int i = limit; i < at.size(); i++) {
      assertThat(at.get(i) - at.get(i - limit))
          .as("nanoseconds that request %d comes after the one %d before it", i, limit)
          .isGreaterThan(SECOND);
    }
  }

  private static void awaitWaiting(Thread[] thread) {
    while (thread[0] == null || thread[0].getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
  }

  private long used() {
    return database
        .jdbc()
        .sql("select used + used_before from quota_pace")
        .query((row, _) -> row.getLong(1))
        .single();
  }

  /// The process stands still for 400 ms after an answer of the database, as often as told.
  private DataSource pausing(AtomicInteger pauses) {
    return new DelegatingDataSource(database.dataSource()) {
      @Override
      public Connection getConnection() throws SQLException {
        Connection connection = super.getConnection();
        return (Connection)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Connection.class},
                (_, method, arguments) -> {
                  if (method.getName().equals("close") && pauses.getAndDecrement() > 0) {
                    LockSupport.parkNanos(Duration.ofMillis(400).toNanos());
                  }
                  try {
                    return method.invoke(connection, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
      }
    };
  }
}
