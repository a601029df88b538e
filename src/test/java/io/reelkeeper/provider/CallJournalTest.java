package io.reelkeeper.provider;

import static io.reelkeeper.provider.Bench.RECORDER;
import static io.reelkeeper.provider.Bench.SESSION;
import static io.reelkeeper.provider.Bench.SID;
import static io.reelkeeper.provider.Bench.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.reelkeeper.TestDatabase;
import io.reelkeeper.core.Mode;
import io.reelkeeper.core.Operation;
import io.reelkeeper.core.TaskId;
import io.reelkeeper.provider.CallJournal.Cursor;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.transaction.IllegalTransactionStateException;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.support.TransactionTemplate;

/// What is kept of the calls, and that nothing secret is.
final class CallJournalTest {

  private final TestDatabase database = TestDatabase.migrated();
  private final AtomicBoolean away = new AtomicBoolean();
  private final DataSource source =
      new DelegatingDataSource(database.dataSource()) {
        @Override
        public java.sql.Connection getConnection() throws SQLException {
          if (away.get()) {
            throw new SQLException("the database is away", "08001");
          }
          return super.getConnection();
        }
      };

  @AfterEach
  void close() {
    database.close();
  }

  private Bench bench(ScriptedAgora server) {
    return Bench.on(server.url(), server.url(), server.url(), new JdbcTemplate(source));
  }

  @Test
  void everyAttemptIsThereInItsOrderWithRequestAndAnswer() {
    try (var server =
            ScriptedAgora.polite()
                .drops()
                .says(500, "{\"code\":501,\"reason\":\"no_worker_manager_available\"}")
                .says(200, "{\"resourceId\":\"RES-1\"}")
                .says(404, "{\"code\":404,\"reason\":\"failed to find worker\"}");
        var bench = bench(server)) {
      bench.agora.acquire(RECORDER, json("{\"scene\":0}"));
      bench.agora.poll(RECORDER);
      assertThat(bench.journal.flush()).isTrue();

      var entries = bench.journal.of(SESSION, Cursor.START, 10);

      assertThat(entries)
          .extracting(
              e -> e.operation() + " " + e.attempt() + " " + e.outcome() + " " + e.httpStatus())
          .containsExactly(
              "acquire 1 unheard null",
              "acquire 2 busy 500",
              "acquire 3 granted 200",
              "query 1 refused 404");
      var second = entries.get(1);
      assertThat(second.at()).isEqualTo(Instant.parse("2026-03-01T10:00:01Z"));
      assertThat(second.code()).isEqualTo(501);
      assertThat(second.note()).isEqualTo("no_worker_manager_available");
      assertThat(second.requestId()).isEqualTo("req-500");
      assertThat(second.waited()).isEqualTo(Duration.ofMillis(7));
      assertThat(second.domain()).isEqualTo(server.url().substring("http://".length()));
      assertThat(second.method() + " " + second.path())
          .isEqualTo("POST /v1/apps/" + Bench.APP_ID + "/cloud_recording/acquire");
      assertThat(second.request())
          .isEqualTo(
              json(
                  "{\"cname\":\"math-101\",\"uid\":\"4000000017\",\"clientRequest\":{\"scene\":0}}"));
      assertThat(second.response())
          .isEqualTo(json("{\"code\":501,\"reason\":\"no_worker_manager_available\"}"));
      assertThat(entries.getFirst().response().isNull()).isTrue();
      assertThat(entries.getLast().request().isNull()).isTrue();

      assertThat(bench.journal.of(SESSION, entries.get(2).cursor(), 10))
          .containsExactly(entries.getLast());
      assertThat(bench.journal.of(SESSION, Cursor.START, 2)).isEqualTo(entries.subList(0, 2));
      assertThat(bench.journal.of(UUID.randomUUID(), Cursor.START, 10)).isEmpty();
    }
  }

  @Test
  void noSecretReachesTheTableWhereverItStandsAndWhoeverRepeatsIt() {
    String request =
        """
        {"token":"007SECRETtoken","recordingConfig":{"channelType":1,"secret":"SECRETchannelkey",
           "salt":"SECRETsaltSECRETsalt","privateParams":"{\\"x\\":\\"SECRETparams\\"}"},
         "storageConfig":{"vendor":1,"bucket":"recordings","accessKey":"SECRETaccess",
           "secretKey":"SECRET/with+odd=signs","stsToken":"SECRETststoken",
           "extensionParams":{"endpoint":"s3.test","brandNew":"SECRETunknownmember"}},
         "pin":12345678,
         "extensionServiceConfig":{"extensionServices":[
           {"serviceName":"web_recorder_service","serviceParam":
             {"url":"https://SECRETuser:pw@page.test/room?sig=SECRETquery&n=1#SECRETfragment"}},
           {"serviceName":"rtmp_publish_service","serviceParam":
             {"outputs":[{"rtmpUrl":"rtmp://cdn.test/live/SECRETstreamkey"}]}}]}}
        """;
    String answer =
        """
        {"code":2,"reason":"bad key SECRET/with+odd=signs, SECRETaccess",
         "cname":"SECRETaccess","accessKey":"SECRETaccess","debug":{"Authorization":"Basic SECRETbasic"},
         "SECRETststoken":1,"echo":"SECRETsomethingelse",
         "message":"customer-secret Y3VzdG9tZXIta2V5OmN1c3RvbWVyLXNlY3JldA=="}
        """;
    try (var server = ScriptedAgora.polite().says(400, answer, "X-Request-Id", "SECRETaccess");
        var bench = bench(server)) {
      bench.agora.start(RECORDER, json(request));
      bench.journal.flush();

      String row =
          database.jdbc().sql("select t::text from provider_call t").query(String.class).single();

      assertThat(row)
          .doesNotContain("SECRET")
          .doesNotContain("12345678")
          .doesNotContain("customer-secret")
          .doesNotContain("Y3VzdG9tZXIta2V5");
      var kept = bench.journal.of(SESSION, Cursor.START, 1).getFirst();
      var sent = kept.request().path("clientRequest");
      assertThat(sent.at("/storageConfig/bucket").asString()).isEqualTo("recordings");
      assertThat(sent.at("/recordingConfig/channelType").asInt()).isEqualTo(1);
      assertThat(sent.at("/storageConfig/secretKey").asString())
          .as("the same credential has the same fingerprint, in every session and replica")
          .isEqualTo(bench.redaction.fingerprint("SECRET/with+odd=signs"))
          .matches("fp:[0-9a-f]{16}");
      assertThat(sent.at("/extensionServiceConfig/extensionServices/0/serviceParam/url").asString())
          .startsWith("https://page.test/room?fp:");
    }
  }

  @Test
  void theTokenOfARecordedPageIsInNoAnswerThatRepeatsIt() {
    String request =
        """
        {"extensionServiceConfig":{"extensionServices":[{"serviceParam":{"url":
         "https://page.test/room?class=math-101&reelkeeper=https%3A%2F%2Frk.test%2Fpage%2FSECRETtoken#top"}}]}}
        """;
    String answer =
        "{\"code\":2,\"reason\":\"SECRETtoken of https://rk.test/page/SECRETtoken, math-101\"}";
    try (var server = ScriptedAgora.polite().says(400, answer);
        var bench = bench(server)) {
      bench.agora.start(RECORDER, json(request));
      bench.journal.flush();

      String row =
          database.jdbc().sql("select t::text from provider_call t").query(String.class).single();

      assertThat(row).doesNotContain("SECRET").contains("https://page.test/room?fp:", "math-101");
    }
  }

  @Test
  void whatIsNoJsonShowsOnlyItsBeginningAndWithoutSecrets() {
    String page = "<html>your key is SECRETaccess</html>" + "x".repeat(5000) + "SECRETlater";
    try (var server = ScriptedAgora.polite().says(502, page);
        var bench = bench(server)) {
      bench.agora.start(RECORDER, json("{\"accessKey\":\"SECRETaccess\"}"));
      bench.journal.flush();

      var kept = bench.journal.of(SESSION, Cursor.START, 1).getFirst().response();
      assertThat(kept.path("begins").asString())
          .startsWith("<html>your key is fp:")
          .hasSizeLessThan(200);
      assertThat(kept.path("bytes").asInt()).isEqualTo(page.length());
      assertThat(kept.toString()).doesNotContain("SECRET");
    }
  }

  @Test
  void hostileBodiesAreStoredToo() {
    String nul = "a\\u0000b";
    try (var server =
            ScriptedAgora.polite()
                .says(
                    400, "{\"code\":2,\"reason\":\"" + nul + "\",\"" + nul + "\":\"" + nul + "\"}")
                .says(400, "{\"code\":2,\"reason\":\"\\ud800 half a pair\"}")
                .says(400, "{\"status\":1e400,\"total\":" + "9".repeat(900) + "}")
                .says(400, "\u0000\u0001not json")
                .says(400, "{\"message\":" + "[".repeat(400) + "]".repeat(400) + "}")
                .says(200, "{\"fileName\":\"" + "f".repeat(20_000) + "\"}");
        var bench = bench(server)) {
      for (int call = 0; call < 6; call++) {
        bench.agora.start(Bench.named("na\u0000me", "RES-1"), json("{}"));
      }
      assertThat(bench.journal.flush()).isTrue();

      var entries = bench.journal.of(SESSION, Cursor.START, 10);
      assertThat(entries).hasSize(6);
      assertThat(entries.getFirst().note()).isEqualTo("a b");
      assertThat(entries.getLast().response().path("truncated").asBoolean()).isTrue();
      assertThat(entries.getLast().response().toString()).hasSizeLessThan(10_000);
      assertThat(bench.metrics.counter("reelkeeper.provider.journal.dropped").count()).isZero();
    }
  }

  @Test
  void callsGoOnWhileTheDatabaseIsAwayAndAreWrittenWhenItIsBack() {
    try (var server = ScriptedAgora.polite().says(200, "{\"sid\":\"" + SID + "\"}");
        var bench = bench(server)) {
      away.set(true);
      assertThat(bench.agora.start(RECORDER, json("{}"))).isInstanceOf(Answer.Granted.class);
      assertThat(bench.journal.flush()).isFalse();
      away.set(false);
      bench.agora.update(RECORDER, json("{}"));

      assertThat(bench.journal.flush()).isTrue();
      assertThat(bench.journal.of(SESSION, Cursor.START, 10))
          .extracting(CallJournal.Entry::operation)
          .containsExactly("start", "update");
    }
  }

  @Test
  void whenThereIsNoRoomTheOldestGoAndAreCounted() {
    var metrics = new SimpleMeterRegistry();
    var journal = new CallJournal(new JdbcTemplate(source), metrics);
    away.set(true);
    for (int call = 0; call < 4100; call++) {
      journal.add(row(call));
    }
    assertThat(journal.flush()).isFalse();
    away.set(false);
    assertThat(journal.flush()).isTrue();

    assertThat(metrics.counter("reelkeeper.provider.journal.dropped").count()).isEqualTo(4);
    assertThat(journal.of(SESSION, Cursor.START, 1).getFirst().attempt()).isEqualTo(5);
    assertThat(database.jdbc().sql("select count(*) from provider_call").query(Long.class).single())
        .isEqualTo(4096);
  }

  @Test
  void oneRowThatTheTableRefusesDoesNotHoldUpTheOthers() {
    var metrics = new SimpleMeterRegistry();
    var journal = new CallJournal(new JdbcTemplate(source), metrics);
    journal.add(row(0));
    journal.add(row(-7)); // attempt -6: refused by a check
    journal.add(row(1));

    assertThat(journal.flush()).isTrue();
    assertThat(journal.of(SESSION, Cursor.START, 10))
        .extracting(CallJournal.Entry::attempt)
        .containsExactly(1, 2);
    assertThat(metrics.counter("reelkeeper.provider.journal.dropped").count()).isEqualTo(1);
  }

  @Test
  void whatIsQueuedAtShutdownIsWritten() throws InterruptedException {
    var journal = new CallJournal(new JdbcTemplate(source), new SimpleMeterRegistry());
    journal.open();
    journal.add(row(0));
    journal.close();
    assertThat(journal.of(SESSION, Cursor.START, 10)).hasSize(1);
  }

  private static CallJournal.Row row(int call) {
    var recorder =
        new Recorder(new TaskId(SESSION, 1), "classroom", Mode.WEB, "c", "1", null, null);
    return new CallJournal.Row(
        recorder,
        Instant.parse("2026-03-01T10:00:00Z").plusMillis(call),
        Operation.QUERY,
        call + 1,
        "api.agora.io",
        "GET",
        "/",
        200,
        null,
        "granted",
        null,
        null,
        Duration.ofMillis(3),
        Duration.ZERO,
        "null",
        "{}");
  }

  @Configuration
  @EnableTransactionManagement
  static class Transactions {}

  @Test
  void noCallIsEverMadeInsideATransaction() {
    try (var server = ScriptedAgora.polite().says(200, "{\"sid\":\"" + SID + "\"}");
        var bench = bench(server);
        var context = new AnnotationConfigApplicationContext()) {
      var transactions = new DataSourceTransactionManager(source);
      context.registerBean(DataSourceTransactionManager.class, () -> transactions);
      context.registerBean(Agora.class, () -> bench.agora);
      context.register(Transactions.class);
      context.refresh();
      Agora agora = context.getBean(Agora.class);

      assertThat(agora.start(RECORDER, json("{}"))).isInstanceOf(Answer.Granted.class);
      assertThatThrownBy(
              () ->
                  new TransactionTemplate(transactions)
                      .execute(_ -> agora.start(RECORDER, json("{}"))))
          .isInstanceOf(IllegalTransactionStateException.class);
      assertThat(server.asked()).hasSize(1);
    }
  }
}
