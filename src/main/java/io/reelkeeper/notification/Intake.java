package io.reelkeeper.notification;

import io.reelkeeper.notification.Counts.Result;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.scheduler.Schedulers;

/// The way into the inbox: one writes for all that wait, and then for all that came meanwhile.
///
/// Nobody's thread waits for it: whoever brings a notification gets the answer after the commit
/// that it was part of.
@Component
class Intake {

  private static final Logger log = LoggerFactory.getLogger(Intake.class);

  /// One statement of this many rows takes little longer than its commit.
  private static final int LARGEST_GROUP = 1_000;

  /// After a failure everybody is refused for this long, so that nobody queues for a database that
  /// is away, and the pool's attempts to connect begin anew.
  private static final long PAUSE_NANOS = Duration.ofMillis(500).toNanos();

  private static final String INSERT =
      """
      insert into inbox (month, app, notice_id, received_at, body, event_type, sid, cname, uid,
                         sequence, sendts, state, due_at, tries)
      select month, app, notice_id, ?, body, event_type, sid, cname, uid,
             sequence, sendts, 'new', ?, 0
        from unnest(?::date[], ?::text[], ?::text[], ?::bytea[], ?::integer[], ?::text[],
                    ?::text[], ?::text[], ?::bigint[], ?::bigint[])
          as arrived (month, app, notice_id, body, event_type, sid, cname, uid, sequence, sendts)
      on conflict do nothing
      returning month, app, notice_id
      """;

  private final IntakePool pool;
  private final InboxPump pump;
  private final Counts counts;
  private final Clock clock;
  private final Duration patience;
  private final int roomKilobytes;
  private final Semaphore room;
  private final Queue<Waiting> queue = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean writing = new AtomicBoolean();

  /// A thread of the machine's own: a virtual one would stand in line with five hundred walks that
  /// are all due at once, before and after each step.
  private final ExecutorService writer =
      new ThreadPoolExecutor(
          0,
          1,
          30,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          Thread.ofPlatform().daemon().name("intake").factory());

  private final AtomicBoolean well = new AtomicBoolean(true);
  private volatile long refusedUntil = System.nanoTime();

  Intake(
      IntakePool pool, InboxPump pump, Counts counts, NotificationSettings settings, Clock clock) {
    this.pool = pool;
    this.pump = pump;
    this.counts = counts;
    this.clock = clock;
    this.patience = settings.inbox().patience();
    this.roomKilobytes = (int) Math.min(Integer.MAX_VALUE, settings.inbox().room().toKilobytes());
    this.room = new Semaphore(roomKilobytes);
  }

  /// Keeps the notices of one request, all or none. True once they are durable, whether they are
  /// new or were kept before; false when they may not be, or when patience ended before their
  /// writing began: then Agora has to send them again.
  ///
  /// Answers on the writer's thread, which whoever goes on from there should leave.
  CompletableFuture<Boolean> keep(String app, List<Envelope> notices) {
    if (notices.isEmpty()) {
      return CompletableFuture.completedFuture(true);
    }
    var waiting = new Waiting(app, notices);
    int size = Math.min(roomKilobytes, waiting.kilobytes());
    if (System.nanoTime() - refusedUntil < 0 || !room.tryAcquire(size)) {
      return CompletableFuture.completedFuture(false);
    }
    pump.arriving();
    queue.add(waiting);
    Disposable patienceEnds =
        Schedulers.parallel()
            .schedule(
                () -> {
                  if (queue.remove(waiting)) {
                    waiting.kept.complete(false);
                  }
                },
                patience.toNanos(),
                TimeUnit.NANOSECONDS);
    var _ =
        waiting.kept.whenComplete(
            (_, _) -> {
              patienceEnds.dispose();
              room.release(size);
              pump.arrived();
            });
    writeIfNobodyDoes();
    return waiting.kept.copy();
  }

  private void writeIfNobodyDoes() {
    if (writing.compareAndSet(false, true)) {
      writer.execute(this::writeWhileSomebodyWaits);
    }
  }

  private void writeWhileSomebodyWaits() {
    try {
      while (!queue.isEmpty()) {
        writeGroup();
      }
    } finally {
      writing.set(false);
      if (!queue.isEmpty()) { // came when the look was over
        writeIfNobodyDoes();
      }
    }
  }

  private void writeGroup() {
    var group = new ArrayList<Waiting>();
    int rows = 0;
    while (rows < LARGEST_GROUP && queue.poll() instanceof Waiting next) {
      group.add(next);
      rows += next.notices.size();
    }
    try {
      write(group);
    } catch (SQLException | RuntimeException e) {
      if (isOurFault(e) && group.size() > 1) {
        group.forEach(this::writeAlone);
      } else {
        refuse(group, e);
      }
    } finally {
      // whatever happened, running out of memory included: who was not written is not kept
      group.forEach(one -> one.kept.complete(false));
    }
  }

  /// One that the database does not take must not keep out those that came with it.
  private void writeAlone(Waiting one) {
    try {
      write(List.of(one));
    } catch (SQLException | RuntimeException e) {
      refuse(List.of(one), e);
    }
  }

  private void refuse(List<Waiting> group, Exception why) {
    group.forEach(one -> one.kept.complete(false));
    if (well.getAndSet(false)) {
      log.warn("notifications are refused until they can be kept again", why);
    }
    if (!isOurFault(why)) {
      refusedUntil = System.nanoTime() + PAUSE_NANOS;
      while (queue.poll() instanceof Waiting next) {
        next.kept.complete(false);
      }
    }
  }

  /// What we sent is at fault (data or constraint), not the database or the way to it.
  private static boolean isOurFault(Exception e) {
    return !(e instanceof SQLException told)
        || told.getSQLState() instanceof String state
            && (state.startsWith("22") || state.startsWith("23"));
  }

  private void write(List<Waiting> group) throws SQLException {
    Instant now = clock.instant();
    List<Row> rows =
        group.stream()
            .flatMap(one -> one.notices.stream().map(notice -> Row.of(one.app, notice, now)))
            .sorted(
                Row.ORDER) // two replicas that insert the same keys must not wait for each other
            .toList();
    Connection connection = pool.take();
    Set<Key> written;
    try {
      written = insert(connection, rows, now);
      connection.close();
    } catch (SQLException | RuntimeException | Error e) {
      pool.giveUp(connection);
      throw e;
    }
    if (!well.getAndSet(true)) {
      log.info("notifications are kept again");
    }
    for (Row row : rows) {
      counts.notice(
          row.key.app,
          row.notice.eventType(),
          written.remove(row.key) ? Result.ACCEPTED : Result.DUPLICATE);
    }
    group.forEach(one -> one.kept.complete(true));
    pump.wake();
  }

  /// One statement, which is one transaction: it has committed when this returns.
  private static Set<Key> insert(Connection connection, List<Row> rows, Instant now)
      throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
      insert.setTimestamp(1, Timestamp.from(now));
      insert.setTimestamp(2, Timestamp.from(now));
      insert.setArray(3, column(connection, "text", rows, row -> row.key.month.toString()));
      insert.setArray(4, column(connection, "text", rows, row -> row.key.app));
      insert.setArray(5, column(connection, "text", rows, row -> row.key.noticeId));
      insert.setArray(
          6,
          connection.createArrayOf(
              "bytea", rows.stream().map(row -> row.notice.raw()).toArray(byte[][]::new)));
      insert.setArray(7, column(connection, "integer", rows, row -> row.notice.eventType()));
      insert.setArray(8, column(connection, "text", rows, row -> row.notice.sid()));
      insert.setArray(9, column(connection, "text", rows, row -> row.notice.cname()));
      insert.setArray(10, column(connection, "text", rows, row -> row.notice.uid()));
      insert.setArray(11, column(connection, "bigint", rows, row -> row.notice.sequence()));
      insert.setArray(12, column(connection, "bigint", rows, row -> row.notice.sendts()));
      var written = new HashSet<Key>();
      try (ResultSet inserted = insert.executeQuery()) {
        while (inserted.next()) {
          written.add(
              new Key(
                  inserted.getObject(1, LocalDate.class),
                  inserted.getString(2),
                  inserted.getString(3)));
        }
      }
      return written;
    }
  }

  private static Array column(
      Connection connection, String type, List<Row> rows, Function<Row, Object> value)
      throws SQLException {
    return connection.createArrayOf(type, rows.stream().map(value).toArray());
  }

  private record Key(LocalDate month, String app, String noticeId) {}

  private record Row(Key key, Envelope notice) {
    static final Comparator<Row> ORDER =
        Comparator.comparing((Row row) -> row.key.month)
            .thenComparing(row -> row.key.app)
            .thenComparing(row -> row.key.noticeId);

    static Row of(String app, Envelope notice, Instant now) {
      return new Row(new Key(notice.month(now), app, notice.noticeId()), notice);
    }
  }

  /// What one request brought, until it is known whether it is kept.
  private static final class Waiting {
    final String app;
    final List<Envelope> notices;
    final CompletableFuture<Boolean> kept = new CompletableFuture<>();

    Waiting(String app, List<Envelope> notices) {
      this.app = app;
      this.notices = notices;
    }

    int kilobytes() {
      return 1 + notices.stream().mapToInt(notice -> notice.raw().length).sum() / 1024;
    }
  }
}
