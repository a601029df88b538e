package io.reelkeeper.notification;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.reelkeeper.TestClock;
import io.reelkeeper.TestDatabase;
import io.reelkeeper.session.Sessions.Route;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/// What the intake does when not everything goes well; a table lock stands for a slow database.
class IntakeTest {

  private final TestClock clock = TestClock.at("2026-03-01T10:00:00Z");

  private TestDatabase database;
  private IntakePool pool;

  @BeforeEach
  void open() {
    database = TestDatabase.migrated();
    pool = new IntakePool(InboxPumpTest.connection(database), new SimpleMeterRegistry());
  }

  @AfterEach
  void close() {
    pool.close();
    database.close();
  }

  @Test
  void whatDoesNotFitIsRefusedAtOnce() throws Exception {
    Intake intake = intake("room", "1KB");
    CompletableFuture<Boolean> first;
    try (Connection blocker = lock()) {
      first = intake.keep("classroom", notices("first"));
      waitingForTheLock(1);

      assertThat(intake.keep("classroom", notices("second")).get()).isFalse();
      blocker.rollback();
    }
    assertThat(first.get()).isTrue();
    assertThat(intake.keep("classroom", notices("third")).get()).isTrue();
    assertThat(kept()).containsExactly("first", "third");
  }

  @Test
  void whoHasNoPatienceLeftIsRefusedAndNotWrittenLater() throws Exception {
    Intake intake = intake("patience", "20ms");
    CompletableFuture<Boolean> first;
    try (Connection blocker = lock()) {
      first = intake.keep("classroom", notices("first"));
      waitingForTheLock(1);

      assertThat(intake.keep("classroom", notices("second")).get()).isFalse();
      blocker.rollback();
    }
    assertThat(first.get()).isTrue();
    assertThat(intake.keep("classroom", notices("third")).get()).isTrue();
    assertThat(kept()).containsExactly("first", "third");
  }

  @Test
  void oneThatTheDatabaseDoesNotTakeKeepsNobodyElseOut() throws Exception {
    Intake intake = intake("live", "false");
    var bad = new Envelope("bad", "{}".getBytes(UTF_8), 40, "\0", "", "", 0, 0);
    CompletableFuture<Boolean> refused;
    CompletableFuture<Boolean> good;
    try (Connection blocker = lock()) {
      intake.keep("classroom", notices("first"));
      waitingForTheLock(1);
      refused = intake.keep("classroom", List.of(bad));
      good = intake.keep("classroom", notices("good"));
      blocker.rollback();
    }

    assertThat(refused.get()).isFalse();
    assertThat(good.get()).isTrue();
    assertThat(kept()).containsExactly("first", "good");
  }

  @Test
  void aBusyServiceDoesNotStarveTheIntake() throws Exception {
    Intake intake = intake("live", "false");
    var connections = new ArrayList<Connection>();
    try {
      for (int number = 0; number < 10; number++) {
        connections.add(database.dataSource().getConnection());
      }

      assertThat(intake.keep("classroom", notices("n")).get()).isTrue();
    } finally {
      for (Connection connection : connections) {
        connection.close();
      }
    }
    assertThat(kept()).containsExactly("n");
  }

  @Test
  void anArrayIsKeptWholeOrNotAtAll() {
    Intake intake = intake("live", "false");
    var bad = new Envelope("bad", "{}".getBytes(UTF_8), 40, "\0", "", "", 0, 0);

    assertThat(intake.keep("classroom", List.of(notices("a").getFirst(), bad)).join()).isFalse();

    assertThat(kept()).isEmpty();
  }

  @Test
  void ofManyThatComeAtOnceEveryAcceptedOneIsThere() throws Exception {
    Intake intake = intake("live", "false");
    var start = new CountDownLatch(1);
    var answers =
        IntStream.range(0, 500)
            .mapToObj(
                number ->
                    inThread(
                        () -> {
                          start.await();
                          return intake.keep("classroom", notices("n" + number % 400)).get();
                        }))
            .toList();
    start.countDown();

    for (FutureTask<Boolean> answer : answers) {
      assertThat(answer.get()).isTrue();
    }
    assertThat(kept()).hasSize(400);
  }

  private Intake intake(String key, String value) {
    NotificationSettings settings =
        new Binder(new MapConfigurationPropertySource(Map.of("reelkeeper.inbox." + key, value)))
            .bindOrCreate("reelkeeper", Bindable.of(NotificationSettings.class));
    var counts = new Counts(new SimpleMeterRegistry(), settings);
    var pump =
        new InboxPump(
            new Inbox(database.jdbc()),
            new Gaps(database.jdbc(), counts),
            counts,
            settings,
            clock,
            (app, notice) -> new Route.Nobody(),
            (session, notice) -> {},
            (app, at) -> {});
    return new Intake(pool, pump, counts, settings, clock);
  }

  private Connection lock() throws SQLException {
    Connection blocker = database.dataSource().getConnection();
    blocker.setAutoCommit(false);
    try (var statement = blocker.createStatement()) {
      statement.execute("lock table inbox in exclusive mode");
    }
    return blocker;
  }

  private void waitingForTheLock(long statements) {
    Awaitility.await()
        .until(
            () ->
                database
                    .jdbc()
                    .sql(
                        """
                        select count(*) from pg_locks l join pg_database d on d.oid = l.database
                         where not granted and d.datname = current_database()
                        """)
                    .query(Long.class)
                    .single(),
            waiting -> waiting == statements);
  }

  private static <T> FutureTask<T> inThread(Callable<T> work) {
    var task = new FutureTask<>(work);
    Thread.ofVirtual().start(task);
    return task;
  }

  private static List<Envelope> notices(String id) {
    return List.of(new Envelope(id, "{}".getBytes(UTF_8), 40, "s", "c", "1", 0, 0));
  }

  private List<String> kept() {
    return database
        .jdbc()
        .sql("select notice_id from inbox order by notice_id")
        .query((row, _) -> row.getString(1))
        .list();
  }
}
