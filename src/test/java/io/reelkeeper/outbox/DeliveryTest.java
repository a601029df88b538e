package io.reelkeeper.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.reelkeeper.TestClock;
import io.reelkeeper.TestDatabase;
import io.reelkeeper.outbox.Lines.Line;
import io.reelkeeper.outbox.Receiver.Reply;
import io.reelkeeper.outbox.Receiver.Told;
import io.reelkeeper.trail.Trail;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The way of an event from the transaction that wrote it to a backend that takes it, on a real
/// database and over real HTTP.
class DeliveryTest {

  private static final UUID LESSON = UUID.fromString("0199f0c2-0000-7000-8000-000000000001");
  private static final UUID EXAM = UUID.fromString("0199f0c2-0000-7000-8000-000000000002");
  private static final String NEW_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

  private final TestClock clock = TestClock.at("2026-03-01T10:00:00Z");
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final JsonMapper json = JsonMapper.builder().build();
  private final Map<String, String> settings = new HashMap<>();
  private final Receiver receiver = new Receiver();
  private final List<Replica> replicas = new ArrayList<>();

  private TestDatabase database;
  private Replica replica;

  /// One service on the database.
  private final class Replica {
    final OutboxSettings bound =
        new Binder(new MapConfigurationPropertySource(settings))
            .bindOrCreate("reelkeeper", Bindable.of(OutboxSettings.class));
    final EventLog log = new EventLog(database.jdbc());
    final Outbox outbox = new Outbox(database.jdbc(), json);
    final CloudEvents cloudEvents = new CloudEvents(json, bound);
    final Lines lines = new Lines(database.jdbc());
    final Endpoints endpoints = new Endpoints(bound, clock);
    final Subscribers subscribers =
        new Subscribers(database.jdbc(), json, lines, endpoints, cloudEvents, bound, clock);
    final Courier courier =
        new Courier(
            outbox,
            log,
            cloudEvents,
            lines,
            subscribers,
            endpoints,
            bound,
            meters,
            Trail.withoutSpans(),
            clock);

    Replica() {
      assertThat(bound.problems()).isEmpty();
      replicas.add(this);
      courier.runDue(); // subscribers are told what happens from now on
    }

    Subscribers.Status status() {
      return subscribers.all().getFirst();
    }
  }

  @BeforeEach
  void open() {
    database = TestDatabase.migrated();
    set("apps.classroom.app-id", "1");
    set("apps.lounge.app-id", "2");
    set("public-url", "https://recordings.example");
    set("outbox.live", "false");
    subscriber("lms", "apps", "classroom");
    replica = new Replica();
  }

  private void subscriber(String name, String key, String value) {
    String prefix = "subscribers." + name + ".";
    set(prefix + "url", receiver.url());
    set(prefix + "secret", Receiver.SECRET);
    set(prefix + "allow-private", "true");
    set(prefix + key, value);
  }

  private void set(String key, String value) {
    settings.put("reelkeeper." + key, value);
  }

  @AfterEach
  void close() throws Exception {
    for (Replica one : replicas) {
      one.courier.stop();
      one.endpoints.destroy();
    }
    receiver.close();
    database.close();
  }

  private BusinessEvent event(UUID session, int n) {
    return event(session, "classroom", "task.started", n);
  }

  private BusinessEvent event(UUID session, String app, String type, int n) {
    return new BusinessEvent(type, session, app, clock.instant(), Map.of("n", n));
  }

  private void happens(BusinessEvent... events) {
    replica.outbox.write(List.of(events));
  }

  private void passes(Duration time) {
    clock.advance(time);
    replica.courier.runDue();
  }

  @Test
  void anEventIsToldAsASignedCloudEvent() {
    happens(event(LESSON, 7));

    assertThat(replica.courier.runDue()).isEqualTo(1);

    Told told = receiver.told().getFirst();
    assertThat(told.header("content-type")).startsWith("application/cloudevents+json");
    assertThat(told.header("webhook-timestamp"))
        .isEqualTo(String.valueOf(clock.instant().getEpochSecond()));
    assertThat(told.isSignedWith(Receiver.SECRET)).isTrue();
    JsonNode event = told.event();
    assertThat(event.path("id").stringValue()).isEqualTo(told.id());
    assertThat(event.path("specversion").stringValue()).isEqualTo("1.0");
    assertThat(event.path("type").stringValue()).isEqualTo("io.reelkeeper.task.started");
    assertThat(event.path("source").stringValue()).isEqualTo("https://recordings.example");
    assertThat(event.path("subject").stringValue()).isEqualTo(LESSON.toString());
    assertThat(event.path("time").stringValue()).isEqualTo("2026-03-01T10:00:00Z");
    assertThat(event.path("data").toString()).isEqualTo("{\"n\":7}");
    assertThat(deliveries("delivered")).isEqualTo(1);
    assertThat(replica.courier.runDue()).as("once").isZero();
  }

  @Test
  void theLibraryOfTheReceiverAcceptsWhatWeSignAndNothingThatWasChanged() throws Exception {
    clock.set(Instant.ofEpochMilli(System.currentTimeMillis())); // it refuses what is old
    happens(event(LESSON, 1));
    replica.courier.runDue();

    Told told = receiver.told().getFirst();
    new Webhook(Receiver.SECRET).verify(told.body(), told.headers());
    assertThrows(
        WebhookVerificationException.class,
        () ->
            new Webhook(Receiver.SECRET).verify(told.body().replace(":1}", ":2}"), told.headers()));
  }

  @Test
  void whileASecretChangesEveryRequestIsSignedWithBoth() {
    set("subscribers.lms.secret", NEW_SECRET + "," + Receiver.SECRET);
    replica = new Replica();
    happens(event(LESSON, 1));
    replica.courier.runDue();

    Told told = receiver.told().getFirst();
    assertThat(told.isSignedWith(NEW_SECRET)).isTrue();
    assertThat(told.isSignedWith(Receiver.SECRET)).isTrue();
  }

  @Test
  void onlyWhatASubscriberAskedForIsToldToIt() {
    set("subscribers.lms.events[0]", "session.*");
    set("subscribers.lms.events[1]", "audit.settled");
    replica = new Replica();
    happens(
        event(LESSON, "classroom", "session.stopped", 1),
        event(LESSON, "classroom", "task.ended", 2),
        event(EXAM, "lounge", "session.stopped", 3),
        event(LESSON, "classroom", "audit.settled", 4));

    replica.courier.runDue();

    assertThat(receiver.numbers()).containsExactly(1, 4);
    assertThat(replica.status().sessionsWaiting()).isZero();
  }

  @Test
  void aFailingEventHoldsBackOnlyTheLaterOnesOfItsSession() {
    receiver.answers(told -> Reply.of(told.event().at("/data/n").intValue() == 1 ? 500 : 200));
    happens(event(LESSON, 1), event(LESSON, 2), event(EXAM, 3), event(LESSON, 4), event(EXAM, 5));
    replica.courier.runDue();
    assertThat(receiver.numbers()).containsExactlyInAnyOrder(1, 3, 5);

    happens(event(LESSON, 6));
    replica.courier.runDue();
    assertThat(receiver.told()).as("nothing is due").hasSize(3);

    receiver.answers(200).forget();
    passes(Duration.ofSeconds(5));
    assertThat(receiver.numbers()).containsExactly(1, 2, 4, 6);
  }

  @Test
  void moreEventsThanATurnAreToldInOrder() {
    happens(IntStream.range(0, 57).mapToObj(n -> event(LESSON, n)).toArray(BusinessEvent[]::new));

    replica.courier.runDue();

    assertThat(receiver.numbers()).isEqualTo(IntStream.range(0, 57).boxed().toList());
    assertThat(replica.status().sessionsWaiting()).isZero();
  }

  @Test
  void anEndpointThatTakesNothingIsAskedAtTheseTimesUnderOneIdAndThenPaused() {
    receiver.answers(503);
    happens(event(LESSON, 1));
    var times = new ArrayList<Duration>();
    Instant start = clock.instant();
    replica.courier.runDue();
    int seen = 0;
    while (replica.status().pausedAt() == null) {
      if (receiver.told().size() > seen) {
        seen = receiver.told().size();
        times.add(Duration.between(start, clock.instant()));
      }
      Instant due =
          database
              .jdbc()
              .sql("select due_at from subscriber_line")
              .query((row, _) -> row.getTimestamp(1).toInstant())
              .single();
      passes(Duration.between(clock.instant(), due));
    }

    assertThat(times)
        .containsExactly(
            Duration.ZERO,
            Duration.parse("PT5S"),
            Duration.parse("PT5M5S"),
            Duration.parse("PT35M5S"),
            Duration.parse("PT2H35M5S"),
            Duration.parse("PT7H35M5S"),
            Duration.parse("PT17H35M5S"),
            Duration.parse("PT31H35M5S"),
            Duration.parse("PT51H35M5S"));
    assertThat(receiver.told())
        .hasSize(10)
        .extracting(Told::id)
        .containsOnly(receiver.told().getFirst().id());
    assertThat(replica.status().pausedBecause()).isEqualTo("failing");
    assertThat(alarms("alarm.raised")).containsExactly("subscriber-paused");
    passes(Duration.ofDays(3));
    assertThat(receiver.told()).as("paused").hasSize(10);
  }

  @Test
  void aPausedSubscriberGetsEverythingInOrderWhenItIsResumed() {
    receiver.answers(410);
    happens(event(LESSON, 1));
    replica.courier.runDue();
    assertThat(replica.status().pausedBecause()).isEqualTo("gone");
    assertThat(deliveries("failed")).isEqualTo(1);
    happens(event(LESSON, 2), event(EXAM, 3));
    passes(Duration.ofDays(2));
    assertThat(receiver.told()).hasSize(1);

    receiver.answers(200).forget();
    replica.subscribers.resume("lms");
    replica.courier.runDue();

    assertThat(receiver.told().stream().filter(it -> it.type().endsWith("task.started")))
        .hasSize(3);
    assertThat(
            receiver.told().stream()
                .filter(it -> it.event().path("subject").stringValue().equals(LESSON.toString()))
                .map(Told::type))
        .containsExactly(
            "io.reelkeeper.task.started",
            "io.reelkeeper.alarm.raised",
            "io.reelkeeper.task.started",
            "io.reelkeeper.alarm.cleared");
    assertThat(alarms("alarm.cleared")).containsExactly("subscriber-paused");
    assertThat(replica.status().pausedAt()).isNull();
    replica.subscribers.resume("lms");
    replica.courier.runDue();
    assertThat(alarms("alarm.cleared")).as("once").hasSize(1);
  }

  @Test
  void oneEventThatNobodyTakesPausesNobodyWhoTakesTheOthers() {
    receiver.answers(told -> Reply.of(told.event().at("/data/n").intValue() == 1 ? 422 : 200));
    happens(event(LESSON, 1), event(LESSON, 2));
    for (int hour = 0; hour < 24 * 7; hour++) {
      happens(event(EXAM, 100 + hour));
      passes(Duration.ofHours(1));
    }

    assertThat(replica.status().pausedAt()).isNull();
    assertThat(alarms("alarm.raised")).containsExactly("delivery-stuck");
    assertThat(receiver.numbers()).contains(100 + 167).doesNotContain(2);
    assertThat(receiver.numbers().stream().filter(n -> n == 1).count()).isGreaterThan(10);
  }

  @Test
  void theEndpointsOwnWishToWaitIsHeardWithinADay() {
    receiver.answers(_ -> new Reply(429, Map.of("Retry-After", "3600")));
    happens(event(LESSON, 1));
    replica.courier.runDue();
    passes(Duration.ofMinutes(59));
    assertThat(receiver.told()).hasSize(1);

    receiver.answers(_ -> new Reply(503, Map.of("Retry-After", "Sun, 01 Mar 2099 10:00:00 GMT")));
    passes(Duration.ofMinutes(1));
    assertThat(receiver.told()).hasSize(2);

    receiver.answers(200);
    passes(Duration.ofHours(24));
    assertThat(receiver.told()).hasSize(3);
    assertThat(replica.status().failingSince()).isNull();
  }

  @Test
  void redirectsAreNotFollowedAndABrokenLineIsAFailure() {
    receiver.answers(
        _ -> new Reply(302, Map.of("Location", "http://127.0.0.1:" + receiver.port() + "/other")));
    happens(event(LESSON, 1));
    replica.courier.runDue();
    assertThat(replica.status().error()).contains("302");
    assertThat(receiver.told()).hasSize(1);

    receiver.answers(_ -> Reply.of(-1));
    passes(Duration.ofSeconds(5));
    assertThat(receiver.told()).hasSize(2);
    assertThat(replica.status().error()).isEqualTo("the connection to it broke");
  }

  @Test
  void aSilentEndpointIsNotWaitedForLongerThanTheTimeout() throws Exception {
    set("outbox.timeout", "200ms");
    replica = new Replica();
    var end = new CountDownLatch(1);
    receiver.answers(
        _ -> {
          try {
            end.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return Reply.of(200);
        });
    happens(event(LESSON, 1));

    replica.courier.runDue();

    assertThat(replica.status().error()).isIn("no whole answer within 200 ms", "no answer in time");
    end.countDown();
  }

  @Test
  void whatWasSentByAReplicaThatDiedIsSentAgainUnderTheSameIdAndNothingIsLost() {
    happens(event(LESSON, 1), event(LESSON, 2));
    placed();
    Line line = take(replica);
    StoredEvent first = replica.log.of(LESSON, 0, Long.MAX_VALUE, EventFilter.ALL, 1).getFirst();
    replica.endpoints.of("lms").tell(first.id().toString(), replica.cloudEvents.json(first));
    // here it was killed: told, and not written down

    var other = new Replica();
    clock.advance(Duration.ofSeconds(10));
    other.courier.runDue();
    assertThat(receiver.numbers()).as("somebody has it").containsExactly(1);
    clock.advance(Duration.ofSeconds(1));
    other.courier.runDue();

    assertThat(receiver.numbers()).containsExactly(1, 1, 2);
    assertThat(receiver.told().get(0).id()).isEqualTo(receiver.told().get(1).id());
    assertThat(replica.lines.told(line, line.wanted(), clock.instant(), clock.instant()))
        .as("one that wakes up late writes nothing")
        .isFalse();
  }

  private void placed() {
    replica.log.place(100);
    for (Subscribers.Glance glance : replica.subscribers.glance(clock.instant())) {
      replica.lines.queue(glance.name(), EventFilter.ALL, clock.instant(), 100);
    }
  }

  private Line take(Replica who) {
    Instant until = clock.instant().plus(who.bound.outbox().lease());
    return who.lines.take("lms", clock.instant(), until, 1).getFirst();
  }

  @Test
  void whatCommitsLateIsNotSkipped() throws SQLException {
    try (Connection slow = database.dataSource().getConnection()) {
      slow.setAutoCommit(false);
      var late = new Outbox(JdbcClient.create(new SingleConnectionDataSource(slow, true)), json);
      late.write(List.of(event(EXAM, 1)));
      happens(event(LESSON, 2));
      replica.courier.runDue();
      assertThat(receiver.numbers()).containsExactly(2);
      long seen = replica.log.head();

      slow.commit();
      replica.courier.runDue();

      assertThat(receiver.numbers()).containsExactly(2, 1);
      assertThat(replica.log.after(seen, Long.MAX_VALUE, EventFilter.ALL, 10))
          .extracting(StoredEvent::session)
          .containsExactly(EXAM);
    }
  }

  @Test
  void manyWritersAndReplicasTellEveryEventOnceAndInOrder() throws Exception {
    set("outbox.live", "true");
    set("outbox.poll", "10ms");
    for (int i = 0; i < 3; i++) {
      new Replica().courier.start();
    }
    int writers = 8;
    var threads = new ArrayList<Thread>();
    for (int writer = 0; writer < writers; writer++) {
      UUID session = new UUID(1, writer);
      threads.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    for (int n = 0; n < 50; n++) {
                      happens(event(session, n));
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    Awaitility.await().until(() -> receiver.told().size() >= writers * 50);
    Awaitility.await().until(() -> replica.status().sessionsWaiting() == 0);

    for (int writer = 0; writer < writers; writer++) {
      String session = new UUID(1, writer).toString();
      assertThat(
              receiver.told().stream()
                  .map(Told::event)
                  .filter(it -> it.path("subject").stringValue().equals(session))
                  .map(it -> it.at("/data/n").intValue()))
          .isEqualTo(IntStream.range(0, 50).boxed().toList());
    }
    assertThat(deliveries("delivered")).isEqualTo(writers * 50);
  }

  @Test
  void positionsHaveNoOrderButTheOneInWhichTheyAreSeen() throws Exception {
    var seen = new ArrayList<Long>();
    var threads = new ArrayList<Thread>();
    for (int writer = 0; writer < 6; writer++) {
      UUID session = new UUID(2, writer);
      threads.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    for (int n = 0; n < 60; n++) {
                      happens(event(session, n));
                      replica.log.place(3);
                    }
                  }));
    }
    long last = 0;
    while (seen.size() < 360) {
      replica.log.place(7);
      for (StoredEvent event : replica.log.after(last, Long.MAX_VALUE, EventFilter.ALL, 50)) {
        last = event.position();
        seen.add(last);
      }
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(seen).isSorted().doesNotHaveDuplicates().hasSize(360);
    assertThat(database.jdbc().sql("select count(*) from outbox").query(Long.class).single())
        .isEqualTo(360);
  }

  @Test
  void aNewSubscriberIsToldWhatHappensFromNowOnAndOneThatIsBackWhatItMissed() {
    happens(event(LESSON, 1));
    replica.courier.runDue();
    receiver.forget();

    subscriber("crm", "events", "task.*");
    replica = new Replica();
    happens(event(LESSON, 2));
    replica.courier.runDue();
    assertThat(receiver.numbers()).containsExactly(2, 2);

    settings.keySet().removeIf(key -> key.contains("crm"));
    replica = new Replica();
    happens(event(LESSON, 3));
    replica.courier.runDue();
    receiver.forget();
    subscriber("crm", "events", "task.*");
    replica = new Replica();
    assertThat(receiver.numbers()).containsExactly(3);
  }

  @Test
  void whatWasLeftOutBeforeIsNotToldWhenMoreIsWanted() {
    set("subscribers.lms.events", "session.*");
    replica = new Replica();
    happens(event(LESSON, "classroom", "session.recording", 1), event(LESSON, 2));
    replica.courier.runDue();
    set("subscribers.lms.events", "*");
    replica = new Replica();
    happens(event(LESSON, 3));
    replica.courier.runDue();

    assertThat(receiver.numbers()).containsExactly(1, 3);
  }

  @Test
  void aReplayTellsAgainWhatHappenedSinceThenInOrderUnderTheSameIds() {
    happens(event(LESSON, 1));
    replica.courier.runDue();
    clock.advance(Duration.ofHours(1));
    Instant since = clock.instant();
    happens(event(LESSON, 2), event(EXAM, 3), event(LESSON, 4));
    replica.courier.runDue();
    List<Told> before = receiver.told();
    receiver.forget();

    happens(event(LESSON, 5));
    assertThat(replica.subscribers.replay("lms", since)).isEqualTo(3);
    replica.courier.runDue();

    assertThat(receiver.numbers()).containsExactlyInAnyOrder(2, 3, 4, 5);
    assertThat(receiver.numbers().stream().filter(n -> n != 3)).containsExactly(2, 4, 5);
    assertThat(
            receiver.told().stream()
                .map(Told::id)
                .filter(id -> before.stream().map(Told::id).anyMatch(id::equals)))
        .hasSize(3);
  }

  @Test
  void aTestEventGoesOutAtOnceAndSaysWhatCameOfIt() {
    assertThat(replica.subscribers.test("lms")).isEqualTo(new Subscribers.Trial(true, 204, null));
    assertThat(receiver.told().getFirst().type()).isEqualTo("io.reelkeeper.test");

    receiver.answers(404);
    assertThat(replica.subscribers.test("lms"))
        .isEqualTo(new Subscribers.Trial(false, 404, "answered 404"));
  }

  @Test
  void aPrivateAddressIsNotCalledUnlessItIsAllowed() {
    set("subscribers.lms.url", "https://localhost:" + receiver.port() + "/hooks");
    set("subscribers.lms.allow-private", "false");
    replica = new Replica();
    happens(event(LESSON, 1));

    replica.courier.runDue();

    assertThat(receiver.told()).isEmpty();
    assertThat(replica.status().error()).contains("private network");
    assertThat(deliveries("forbidden")).isEqualTo(1);
    assertThat(database.jdbc().sql("select due_at from subscriber_line").query().singleRow())
        .as("it is tried again: names move")
        .isNotNull();
  }

  @Test
  void howASubscriberIsDoingIsShownWithoutItsSecrets() {
    set("subscribers.lms.url", receiver.url() + "?token=sesame");
    replica = new Replica();
    receiver.answers(500);
    happens(event(LESSON, 1), event(EXAM, 2));
    replica.courier.runDue();

    Subscribers.Status status = replica.status();
    assertThat(status.address()).isEqualTo(receiver.url());
    assertThat(status.apps()).isEqualTo(Set.of("classroom"));
    assertThat(status.sessionsWaiting()).isEqualTo(2);
    assertThat(status.oldestWaiting()).isEqualTo(clock.instant());
    assertThat(status.failingSince()).isEqualTo(clock.instant());
    assertThat(status.error()).isEqualTo("answered 500");
    assertThat(replica.bound.toString()).doesNotContain("sesame", "whsec_");
  }

  private double deliveries(String result) {
    return meters
        .get("reelkeeper.deliveries")
        .tags("subscriber", "lms", "result", result)
        .counter()
        .count();
  }

  private List<String> alarms(String type) {
    return database
        .jdbc()
        .sql("select data->>'kind' from outbox where type = ?")
        .param(type)
        .query((row, _) -> row.getString(1))
        .list();
  }
}
