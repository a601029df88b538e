package io.reelkeeper.provider;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.reelkeeper.TestClock;
import io.reelkeeper.core.Mode;
import io.reelkeeper.core.TaskId;
import io.reelkeeper.quota.Slot;
import io.reelkeeper.quota.Urgency;
import io.reelkeeper.trail.Trail;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.TransientDataAccessResourceException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.util.unit.DataSize;
import org.springframework.web.reactive.function.client.WebClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The whole package put together by hand: a clock that pauses move, a pace that notes who asked.
final class Bench implements AutoCloseable {

  static final String APP_ID = "970ca35de60c44645bbae8a215061b33";
  static final String CERTIFICATE = "5cfd2fd1755d40ecb72977518be15d3b";
  static final String SID = "38f8e3cfdc474cd56fc1ceba380d7e1a";
  static final UUID SESSION = UUID.fromString("0199f0c2-0000-7000-8000-000000000001");

  static final Recorder RECORDER =
      new Recorder(
          new TaskId(SESSION, 1),
          "classroom",
          Mode.COMPOSITE,
          "math-101",
          "4000000017",
          "RES-1",
          SID);

  static final JsonMapper JSON = JsonMapper.builder().build();

  final TestClock clock = TestClock.at("2026-03-01T10:00:00Z");
  final List<Duration> pauses = new CopyOnWriteArrayList<>();
  final Pace pace = new Pace();
  final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  final AgoraApps apps;
  final Redaction redaction;
  final CallJournal journal;
  final HttpAgora http;
  final Agora agora;

  private Bench(AgoraApps.Domains domains, ProviderSettings settings, JdbcTemplate jdbc) {
    var app = new AgoraApps.App(APP_ID, "customer-key", "customer-secret", CERTIFICATE, domains);
    apps = new AgoraApps(Map.of("classroom", app), "a key that only this test knows");
    redaction = new Redaction(apps, new Random(1));
    journal = new CallJournal(jdbc, metrics);
    http = new HttpAgora(apps, settings, WebClient.builder());
    agora =
        new Agora(
            apps,
            settings,
            new Calls(
                settings,
                new ProviderSettings.Patience(
                    List.of(Duration.ofSeconds(1), Duration.ofSeconds(3), Duration.ofSeconds(6))),
                new DomainRoute(apps, settings, clock),
                new Calls.Turns(pace::await, pace::slowDown, pace::leftLate),
                new Exchange(apps, http, journal, redaction, clock, metrics, Trail.withoutSpans()),
                time -> {
                  pauses.add(time);
                  clock.advance(time);
                }));
  }

  static Bench on(ScriptedAgora primary) {
    return on(primary.url(), primary.url(), primary.url());
  }

  static Bench on(String primary, String alternate, String adjacent) {
    return on(primary, alternate, adjacent, new JdbcTemplate());
  }

  static Bench on(String primary, String alternate, String adjacent, JdbcTemplate jdbc) {
    return new Bench(
        new AgoraApps.Domains(null, primary, alternate, adjacent),
        settings(Duration.ofMillis(500)),
        jdbc);
  }

  static ProviderSettings settings(Duration answer) {
    return new ProviderSettings(
        Duration.ofSeconds(2),
        answer,
        answer,
        DataSize.ofMegabytes(1),
        256,
        Duration.ofSeconds(30));
  }

  static JsonNode json(String text) {
    return JSON.readTree(text);
  }

  static Recorder in(Mode mode) {
    return new Recorder(RECORDER.task(), "classroom", mode, "math-101", "4000000017", "RES-1", SID);
  }

  static Recorder named(String cname, @Nullable String resourceId) {
    return new Recorder(
        RECORDER.task(), "classroom", Mode.COMPOSITE, cname, "4000000017", resourceId, SID);
  }

  /// Gives every slot at once, unless told not to.
  static final class Pace {
    final List<String> asked = new ArrayList<>();
    final List<String> slowed = new ArrayList<>();
    final BlockingQueue<Duration> left = new LinkedBlockingQueue<>();
    int slotsLeft = Integer.MAX_VALUE;
    boolean away;
    Duration late = Duration.ZERO;

    Slot await(String app, Urgency urgency) {
      if (away) {
        throw new TransientDataAccessResourceException("the database is away");
      }
      asked.add(app + " " + urgency);
      return slotsLeft-- > 0
          ? new Slot.Go(Duration.ofMillis(7), 1, System.nanoTime() - late.toNanos())
          : new Slot.NotNow(Duration.ofSeconds(9));
    }

    void leftLate(String app, Slot.Go turn, long at) {
      left.add(Duration.ofNanos(at - turn.due()));
    }

    void slowDown(String app) {
      if (away) {
        throw new TransientDataAccessResourceException("the database is away");
      }
      slowed.add(app);
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
