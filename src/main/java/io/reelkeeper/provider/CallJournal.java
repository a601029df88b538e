package io.reelkeeper.provider;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.reelkeeper.core.Operation;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Every HTTP attempt at Agora, kept as evidence.
///
/// Calls do not wait for it: entries queue in memory and are written in groups. While the database
/// is away they stay queued; when there is no room left the oldest go, and are counted. A crash
/// loses what is queued: the journal is evidence, the state of a session never depends on it.
@Component
public class CallJournal {

  private static final Logger log = LoggerFactory.getLogger(CallJournal.class);

  /// Some minutes of the highest pace; with 8 KiB bodies at most 64 MiB.
  private static final int ROOM = 4096;

  /// Rows of one statement: far above what 250 ms bring, small enough to be repeated cheaply.
  private static final int GROUP = 500;

  /// Collects the calls of one moment into one commit: the polls of an App ID come some 100 ms
  /// apart.
  /// Whoever reads the journal of this process does not wait for it.
  private static final Duration COLLECT = Duration.ofMillis(250);

  /// Between two tries while the database is away: a restart takes a second or two.
  private static final Duration AWAY = Duration.ofSeconds(1);

  private static final String INSERT =
      """
      insert into provider_call (at, session_id, task_number, app, operation, attempt, domain, method,
          path, http_status, code, outcome, note, request_id, took_ms, waited_ms, request, response)
      select at, session_id, task_number, app, operation, attempt, domain, method,
          path, http_status, code, outcome, note, request_id, took_ms, waited_ms,
          request::jsonb, response::jsonb
      from unnest(?::timestamptz[], ?::uuid[], ?::int[], ?::text[], ?::text[], ?::int[], ?::text[],
          ?::text[], ?::text[], ?::int[], ?::int[], ?::text[], ?::text[], ?::text[], ?::bigint[],
          ?::bigint[], ?::text[], ?::text[])
        with ordinality as row (at, session_id, task_number, app, operation, attempt, domain, method,
          path, http_status, code, outcome, note, request_id, took_ms, waited_ms, request, response, n)
      order by n
      """;

  private final JdbcTemplate jdbc;
  private final JdbcClient client;
  private final JsonMapper json = JsonMapper.builder().build();
  private final Counter dropped;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final ArrayDeque<Row> queue = new ArrayDeque<>();
  private boolean closing;

  /// Held while a group is written, so that a flush does not overtake the writer.
  private final ReentrantLock writing = new ReentrantLock();

  private final Thread writer = Thread.ofVirtual().name("call-journal").unstarted(this::write);

  CallJournal(JdbcTemplate jdbc, MeterRegistry metrics) {
    this.jdbc = jdbc;
    this.client = JdbcClient.create(jdbc);
    this.dropped =
        Counter.builder("reelkeeper.provider.journal.dropped")
            .description("Calls that the journal lost because the database was away for too long")
            .register(metrics);
  }

  /// One attempt as it is to be stored: nothing secret is left in it.
  ///
  /// @param request JSON text, `null` where there was no body
  /// @param response JSON text, `null` where no answer came
  record Row(
      Recorder recorder,
      Instant at,
      Operation operation,
      int attempt,
      String domain,
      String method,
      String path,
      @Nullable Integer httpStatus,
      @Nullable Integer code,
      String outcome,
      @Nullable String note,
      @Nullable String requestId,
      Duration took,
      Duration waited,
      String request,
      String response) {}

  /// One attempt as it was stored.
  ///
  /// @param operation Agora's word, such as `acquire`
  /// @param outcome `granted`, `refused`, `busy` or `unheard`
  /// @param note Agora's reason, or why there is no answer to be believed
  /// @param requestId Agora's name for the request, for support cases
  /// @param waited in the queue for the requests per second, before `at`
  /// @param request JSON null where there was no body
  /// @param response JSON null where no answer came
  public record Entry(
      UUID session,
      int task,
      Instant at,
      long seq,
      String app,
      String operation,
      int attempt,
      String domain,
      String method,
      String path,
      @Nullable Integer httpStatus,
      @Nullable Integer code,
      String outcome,
      @Nullable String note,
      @Nullable String requestId,
      Duration took,
      Duration waited,
      JsonNode request,
      JsonNode response) {

    /// The place of this entry, to go on behind it.
    public Cursor cursor() {
      return new Cursor(at, seq);
    }
  }

  /// A place between two entries of a session.
  public record Cursor(Instant at, long seq) {
    public static final Cursor START = new Cursor(Instant.EPOCH, 0);
  }

  /// The attempts for a session in the order of their time, behind `after`, at most `limit`.
  public List<Entry> of(UUID session, Cursor after, int limit) {
    flush();
    return client
        .sql(
            """
            select * from provider_call
            where session_id = ? and (at, seq) > (?, ?)
            order by at, seq
            limit ?
            """)
        .params(session, after.at().atOffset(ZoneOffset.UTC), after.seq(), limit)
        .query((row, _) -> entry(row))
        .list();
  }

  private Entry entry(java.sql.ResultSet row) throws SQLException {
    return new Entry(
        row.getObject("session_id", UUID.class),
        row.getInt("task_number"),
        row.getObject("at", OffsetDateTime.class).toInstant(),
        row.getLong("seq"),
        row.getString("app"),
        row.getString("operation"),
        row.getInt("attempt"),
        row.getString("domain"),
        row.getString("method"),
        row.getString("path"),
        row.getObject("http_status", Integer.class),
        row.getObject("code", Integer.class),
        row.getString("outcome"),
        row.getString("note"),
        row.getString("request_id"),
        Duration.ofMillis(row.getLong("took_ms")),
        Duration.ofMillis(row.getLong("waited_ms")),
        json.readTree(row.getString("request")),
        json.readTree(row.getString("response")));
  }

  /// Queues one attempt; never waits and never fails.
  void add(Row row) {
    lock.lock();
    try {
      if (queue.size() >= ROOM) {
        queue.removeFirst();
        dropped.increment();
      }
      queue.addLast(row);
      arrived.signal();
    } finally {
      lock.unlock();
    }
  }

  /// Writes what is queued now. False when the database did not take it: it stays queued.
  public boolean flush() {
    writing.lock();
    try {
      for (List<Row> group = next(); !group.isEmpty(); group = next()) {
        try {
          insert(group);
        } catch (DataIntegrityViolationException e) {
          oneByOne(group);
        } catch (DataAccessException e) {
          putBack(group);
          log.warn("the call journal waits for the database: {}", e.getClass().getSimpleName());
          return false;
        }
      }
      return true;
    } finally {
      writing.unlock();
    }
  }

  private List<Row> next() {
    lock.lock();
    try {
      var group = new ArrayList<Row>();
      while (group.size() < GROUP && !queue.isEmpty()) {
        group.add(queue.removeFirst());
      }
      return group;
    } finally {
      lock.unlock();
    }
  }

  private void putBack(List<Row> group) {
    lock.lock();
    try {
      for (Row row : group.reversed()) {
        if (queue.size() >= ROOM) {
          dropped.increment();
        } else {
          queue.addFirst(row);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /// One row that the table refuses must not hold up the others for ever.
  private void oneByOne(List<Row> group) {
    for (Row row : group) {
      try {
        insert(List.of(row));
      } catch (DataAccessException e) {
        dropped.increment();
        log.warn(
            "the call journal cannot keep {} of {}: {}",
            row.operation.word(),
            row.recorder.task(),
            e.getClass().getSimpleName());
      }
    }
  }

  private void insert(List<Row> rows) {
    jdbc.update(
        connection -> {
          PreparedStatement statement = connection.prepareStatement(INSERT);
          var columns = new Columns(connection, statement, rows);
          columns.add("timestamptz", row -> row.at.atOffset(ZoneOffset.UTC).toString());
          columns.add("uuid", row -> row.recorder.task().session());
          columns.add("int4", row -> row.recorder.task().number());
          columns.add("text", row -> row.recorder.app());
          columns.add("text", row -> row.operation.word());
          columns.add("int4", Row::attempt);
          columns.add("text", Row::domain);
          columns.add("text", Row::method);
          columns.add("text", row -> Redaction.storable(row.path));
          columns.add("int4", Row::httpStatus);
          columns.add("int4", Row::code);
          columns.add("text", Row::outcome);
          columns.add("text", row -> row.note == null ? null : Redaction.storable(row.note));
          columns.add(
              "text", row -> row.requestId == null ? null : Redaction.storable(row.requestId));
          columns.add("int8", row -> row.took.toMillis());
          columns.add("int8", row -> row.waited.toMillis());
          columns.add("text", Row::request);
          columns.add("text", Row::response);
          return statement;
        });
  }

  /// The rows turned into one array for each column.
  private static final class Columns {
    private final Connection connection;
    private final PreparedStatement statement;
    private final List<Row> rows;
    private int index;

    Columns(Connection connection, PreparedStatement statement, List<Row> rows) {
      this.connection = connection;
      this.statement = statement;
      this.rows = rows;
    }

    void add(String type, Function<Row, @Nullable Object> value) throws SQLException {
      @Nullable Object[] values = rows.stream().map(value).toArray();
      statement.setArray(++index, connection.createArrayOf(type, values));
    }
  }

  @PostConstruct
  void open() {
    writer.start();
  }

  private void write() {
    try {
      while (awaitRows()) {
        pause(COLLECT);
        if (!flush()) {
          pause(AWAY);
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean awaitRows() throws InterruptedException {
    lock.lock();
    try {
      while (queue.isEmpty() && !closing) {
        arrived.await();
      }
      return !closing;
    } finally {
      lock.unlock();
    }
  }

  /// Waits, but not for a closing service.
  private void pause(Duration time) throws InterruptedException {
    lock.lock();
    try {
      long left = time.toNanos();
      while (left > 0 && !closing) {
        left = arrived.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /// Stops the writer and writes the rest, if the database takes it.
  @PreDestroy
  void close() throws InterruptedException {
    lock.lock();
    try {
      closing = true;
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
    writer.join(TimeUnit.SECONDS.toMillis(5)); // one statement at most is under way
    flush();
  }
}
