package io.reelkeeper.notification;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.reelkeeper.TestClock;
import io.reelkeeper.TestDatabase;
import io.reelkeeper.notification.Envelope.Malformed;
import io.reelkeeper.session.Sessions.Route;
import io.reelkeeper.session.state.Notice;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.jdbc.autoconfigure.JdbcConnectionDetails;

/// The way of a notification from the intake to its session, on a real database. What the session
/// does with it is not the matter here: a list remembers what it was told.
class InboxPumpTest {

  private static final UUID LESSON = UUID.fromString("0199f0c2-0000-7000-8000-000000000001");

  private final TestClock clock = TestClock.at("2026-03-01T10:00:00Z");
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Map<String, Route> routes = new HashMap<>();
  private final List<String> told = Collections.synchronizedList(new ArrayList<>());
  private final List<String> heard = new ArrayList<>();
  private @Nullable RuntimeException failure;

  private TestDatabase database;
  private IntakePool pool;
  private Inbox inbox;
  private Gaps gaps;
  private InboxPump pump;
  private Intake intake;

  @BeforeEach
  void open() {
    database = TestDatabase.migrated();
    pool = new IntakePool(connection(database), new SimpleMeterRegistry());
    inbox = new Inbox(database.jdbc());
    pump = pump("live", "false");
    pump.start();
    NotificationSettings settings = settings("live", "false");
    intake = new Intake(pool, pump, new Counts(meters, settings), settings, clock);
    gaps = new Gaps(database.jdbc(), new Counts(meters, settings));
  }

  private InboxPump pump(String key, String value) {
    return pump(key, value, this::apply);
  }

  private InboxPump pump(String key, String value, BiConsumer<UUID, Notice> tell) {
    NotificationSettings settings = settings(key, value);
    var counts = new Counts(meters, settings);
    return new InboxPump(
        inbox,
        new Gaps(database.jdbc(), counts),
        counts,
        settings,
        clock,
        (app, notice) -> routes.getOrDefault(notice.sid(), new Route.Nobody()),
        tell,
        (app, _) -> heard.add(app));
  }

  @AfterEach
  void close() {
    pump.stop();
    pool.close();
    database.close();
  }

  private void apply(UUID session, Notice notice) {
    if (failure != null) {
      throw failure;
    }
    told.add(notice.noticeId());
  }

  @Test
  void theNoticesOfARecordingAreToldInTheirOrder() {
    routes.put("s1", new Route.To(LESSON));
    arrive(notice("late", "s1", 7, 700), notice("unnumbered", "s1", -1, 0));
    arrive(notice("first", "s1", 0, 900), notice("copy", "s1", 7, 600));

    assertThat(pump.runDue()).isEqualTo(4);

    assertThat(told).containsExactly("unnumbered", "first", "copy", "late");
    assertThat(states()).containsOnly(Map.entry("done", 4L));
    assertThat(pump.runDue()).isZero();
  }

  @Test
  void aRepeatedNoticeIsToldOnce() {
    routes.put("s1", new Route.To(LESSON));
    arrive(notice("n", "s1", 0, 100));
    pump.runDue();

    arrive(notice("n", "s1", 0, 100), notice("n", "s1", 0, 100));
    pump.runDue();

    assertThat(told).containsExactly("n");
    assertThat(count("accepted")).isEqualTo(1);
    assertThat(count("duplicate")).isEqualTo(2);
  }

  @Test
  void aNoticeThatIsEarlierThanItsStartWaitsForIt() {
    routes.put("s1", new Route.Later());
    arrive(notice("n", "s1", 0, 100));
    pump.runDue();
    assertThat(states()).containsOnly(Map.entry("held", 1L));

    routes.put("s1", new Route.To(LESSON));
    assertThat(pump.runDue()).as("not due yet").isZero();
    clock.advance(Duration.ofSeconds(1));
    pump.runDue();

    assertThat(told).containsExactly("n");
  }

  @Test
  void aNoticeThatConcernsNobodyIsHeldForADayAndKeptAfterwards() {
    arrive(notice("n", "stranger", 0, 100));
    var takenAt = new ArrayList<Duration>();
    var start = clock.instant();
    for (int minute = 0; minute <= 26 * 60; minute++) {
      if (pump.runDue() > 0) {
        takenAt.add(Duration.between(start, clock.instant()));
      }
      clock.advance(Duration.ofMinutes(1));
    }

    assertThat(takenAt).hasSizeBetween(25, 40);
    assertThat(takenAt.getLast()).isBetween(Duration.ofHours(24), Duration.ofHours(25));
    assertThat(states()).containsOnly(Map.entry("strange", 1L));
    assertThat(count("strange")).isEqualTo(1);
    assertThat(inbox.of("classroom", List.of("stranger"), 0, 10)).hasSize(1);
  }

  @Test
  void thePausesGrow() {
    arrive(notice("n", "stranger", 0, 100));
    for (int seconds : new int[] {0, 1, 2, 5, 15, 60, 600, 3600, 3600}) {
      clock.advance(Duration.ofSeconds(seconds).minusMillis(seconds == 0 ? 0 : 1));
      if (seconds > 0) {
        assertThat(pump.runDue()).as("just before %s s", seconds).isZero();
        clock.advance(Duration.ofMillis(1));
      }
      assertThat(pump.runDue()).as("after %s s", seconds).isEqualTo(1);
    }
  }

  @Test
  void aSessionThatFailsIsToldAgainAndKeepsNobodyWaiting() {
    UUID other = UUID.fromString("0199f0c2-0000-7000-8000-000000000002");
    routes.put("s1", new Route.To(LESSON));
    routes.put("s2", new Route.To(other));
    failure = new IllegalStateException("the row is locked");
    arrive(notice("n", "s1", 0, 100));
    pump.runDue();
    failure = null;
    arrive(notice("m", "s2", 0, 100));
    pump.runDue();
    assertThat(told).containsExactly("m");

    clock.advance(Duration.ofSeconds(1));
    pump.runDue();

    assertThat(told).containsExactly("m", "n");
    assertThat(states()).containsOnly(Map.entry("done", 2L));
  }

  @Test
  void aSessionThatFailsForDaysLosesNothing() {
    routes.put("s1", new Route.To(LESSON));
    failure = new IllegalStateException("a mistake of ours");
    arrive(notice("n", "s1", 0, 100));
    for (int hour = 0; hour < 72; hour++) {
      pump.runDue();
      clock.advance(Duration.ofHours(1));
    }
    failure = null;

    pump.runDue();

    assertThat(told).containsExactly("n");
  }

  @Test
  void whatADeadReplicaTookIsToldAfterItsLease() {
    routes.put("s1", new Route.To(LESSON));
    arrive(notice("n", "s1", 0, 100));
    inbox.take(clock.instant(), clock.instant().plusSeconds(10), 10); // and dies here
    assertThat(pump.runDue()).isZero();

    clock.advance(Duration.ofSeconds(10));
    pump.runDue();

    assertThat(told).containsExactly("n");
  }

  @Test
  void aSlowReplicaDoesNotUndoWhatAnotherSettled() {
    routes.put("s1", new Route.To(LESSON));
    arrive(notice("n", "s1", 0, 100));
    var slow = inbox.take(clock.instant(), clock.instant().plusSeconds(10), 10).getFirst();
    clock.advance(Duration.ofSeconds(10));
    pump.runDue();

    inbox.hold(slow, clock.instant());

    assertThat(inbox.strange(slow, clock.instant())).isFalse();
    assertThat(states()).containsOnly(Map.entry("done", 1L));
  }

  @Test
  void moreThanABatchIsToldInOneGo() {
    routes.put("s1", new Route.To(LESSON));
    arrive(
        IntStream.range(0, 35)
            .mapToObj(number -> notice("n" + number, "s1", number, number))
            .toArray(String[]::new));

    assertThat(pump.runDue()).isEqualTo(35);

    assertThat(told).hasSize(35).doesNotHaveDuplicates();
  }

  @Test
  void whileMoreArrivesOneRecordingIsToldAfterTheOther() {
    var inside = new AtomicInteger();
    var most = new AtomicInteger();
    InboxPump calm =
        pump(
            "live",
            "false",
            (_, notice) -> {
              most.accumulateAndGet(inside.incrementAndGet(), Math::max);
              inbox.of("classroom", List.of(notice.sid()), 0, 1); // time for others to come in
              told.add(notice.sid());
              inside.decrementAndGet();
            });
    for (int sid = 0; sid < 40; sid++) {
      routes.put("sid-" + sid, new Route.To(LESSON));
      arrive(notice("n" + sid, "sid-" + sid, 1, 1));
    }

    calm.arriving();
    calm.runDue();
    calm.arrived();

    assertThat(told).hasSize(40);
    assertThat(most).hasValue(1);
  }

  @Test
  void whatCameIsReadInTheOrderInWhichItCame() {
    arrive(notice("b", "s1", 1, 100));
    clock.advance(Duration.ofSeconds(1));
    arrive(notice("a", "s1", 0, 50), notice("c", "s2", 0, 50), notice("d", "", 0, 50));

    var entries = inbox.of("classroom", List.of("s1", "s2", ""), 0, 10);

    assertThat(entries).extracting(Inbox.Entry::noticeId).containsExactly("b", "a", "c");
    assertThat(entries.getFirst().body()).isEqualTo(notice("b", "s1", 1, 100));
    assertThat(inbox.of("other", List.of("s1"), 0, 10)).isEmpty();
    assertThat(inbox.of("classroom", List.of("s1", "s2"), 0, 1))
        .containsExactly(entries.getFirst());
    assertThat(inbox.of("classroom", List.of("s1", "s2"), 1, 1)).containsExactly(entries.get(1));
  }

  @Test
  void missingNumbersOfAnEndedRecordingAreCountedOnce() {
    // 0, 1 and 4 never came; the second recorder goes on counting, and 9 never came
    arrive(
        notice("a", "s1", 2, 100),
        notice("b", "s1", 3, 100),
        notice("c", "s1", 5, 100),
        event("d", "s1", 8, 31, "moved"),
        event("e", "s1", 10, 11, "moved"));
    arrive(notice("f", "running", 5, 100));
    gaps.count(clock.instant());
    assertThat(missing()).as("stragglers may come").isZero();

    clock.advance(Duration.ofMinutes(15));
    gaps.count(clock.instant());
    gaps.count(clock.instant());
    arrive(event("g", "s1", 11, 32, "moved"));
    clock.advance(Duration.ofMinutes(15));
    gaps.count(clock.instant());

    assertThat(missing()).isEqualTo(4);
  }

  @Test
  void aRecordingWithoutNumbersHasNoGaps() {
    arrive(event("a", "s1", -1, 31, "1"), event("b", "s2", Long.MAX_VALUE / 10, 11, "1"));
    clock.advance(Duration.ofMinutes(15));

    gaps.count(clock.instant());

    assertThat(missing()).isZero();
  }

  @Test
  void aLivePumpTellsWithoutBeingAsked() {
    routes.put("s1", new Route.To(LESSON));
    var live = pump("live", "true");
    live.start();
    try {
      arrive(notice("n", "s1", 0, 100));

      Awaitility.await().until(() -> told.contains("n"));
    } finally {
      live.stop();
    }
    assertThat(live.isRunning()).isFalse();
  }

  @Test
  void aNotificationOfAnotherProductOfAgoraConcernsNoRecording() {
    routes.put("s1", new Route.To(LESSON));
    String notice = notice("n", "s1", 0, 100);
    arrive(notice.replace("{\"noticeId\"", "{\"productId\":1,\"noticeId\""));
    arrive(notice.replace("{\"noticeId\":\"n", "{\"productId\":3,\"noticeId\":\"ours"));
    pump.runDue();

    assertThat(told).containsExactly("ours");
    assertThat(heard).hasSize(1);
    assertThat(states()).isEqualTo(Map.of("strange", 1L, "done", 1L));
  }

  private void arrive(String... bodies) {
    List<Envelope> envelopes =
        Arrays.stream(bodies)
            .flatMap(
                body -> {
                  try {
                    return Envelope.read(body.getBytes(UTF_8)).stream();
                  } catch (Malformed e) {
                    throw new AssertionError(e);
                  }
                })
            .toList();
    // on a busy machine the intake may refuse, and Agora would send again
    Awaitility.await().until(() -> intake.keep("classroom", envelopes).get());
  }

  private static String notice(String id, String sid, long sequence, long sendts) {
    return """
    {"noticeId":"%s","eventType":40,"payload":{"cname":"c","uid":"1","sid":"%s","sequence":%d,"sendts":%d}}\
    """
        .formatted(id, sid, sequence, sendts);
  }

  private static String event(String id, String sid, long sequence, int type, String uid) {
    return """
    {"noticeId":"%s","eventType":%d,"payload":{"cname":"c","uid":"%s","sid":"%s","sequence":%d,"sendts":1}}\
    """
        .formatted(id, type, uid, sid, sequence);
  }

  private Map<String, Long> states() {
    return database.jdbc().sql("select state from inbox").query(String.class).list().stream()
        .collect(Collectors.groupingBy(state -> state, Collectors.counting()));
  }

  private double count(String result) {
    return meters.find("reelkeeper.notifications").tag("result", result).counters().stream()
        .mapToDouble(Counter::count)
        .sum();
  }

  private double missing() {
    return meters.get("reelkeeper.notification.gaps").tag("app", "classroom").counter().count();
  }

  private static NotificationSettings settings(String key, String value) {
    return new Binder(
            new MapConfigurationPropertySource(
                Map.of(
                    "reelkeeper.apps.classroom.webhook-secret",
                    "s",
                    "reelkeeper.inbox.batch",
                    "10",
                    "reelkeeper.inbox." + key,
                    value)))
        .bindOrCreate("reelkeeper", Bindable.of(NotificationSettings.class));
  }

  static JdbcConnectionDetails connection(TestDatabase database) {
    return new JdbcConnectionDetails() {
      @Override
      public String getUsername() {
        return database.user();
      }

      @Override
      public String getPassword() {
        return database.password();
      }

      @Override
      public String getJdbcUrl() {
        return database.url();
      }
    };
  }
}
