package io.reelkeeper.provider;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.reelkeeper.core.Operation;
import io.reelkeeper.provider.Classify.Finding;
import io.reelkeeper.provider.Classify.Said;
import io.reelkeeper.provider.HttpAgora.Reply;
import io.reelkeeper.quota.Urgency;
import io.reelkeeper.trail.Trail;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// One request to Agora and what came back of it: sent, read, judged, and kept in the journal.
@Component
class Exchange {

  /// What is asked of Agora, and how.
  ///
  /// @param body null where it is a GET
  /// @param pace the key under which the requests per second are counted
  /// @param silence how long Agora may say nothing
  record Ask<T>(
      Operation operation,
      Recorder recorder,
      Urgency urgency,
      String pace,
      String path,
      @Nullable JsonNode body,
      Duration silence,
      Function<JsonNode, Optional<T>> reads) {}

  /// Few, because there is one set for each app, operation, outcome and domain: quick, as usual,
  /// slow, and about to be given up.
  private static final Duration[] BUCKETS = {
    Duration.ofMillis(100),
    Duration.ofMillis(300),
    Duration.ofSeconds(1),
    Duration.ofSeconds(3),
    Duration.ofSeconds(10)
  };

  private final AgoraApps apps;
  private final HttpAgora http;
  private final CallJournal journal;
  private final Redaction redaction;
  private final Clock clock;
  private final MeterRegistry metrics;
  private final Trail trail;
  private final JsonMapper json = JsonMapper.builder().build();

  Exchange(
      AgoraApps apps,
      HttpAgora http,
      CallJournal journal,
      Redaction redaction,
      Clock clock,
      MeterRegistry metrics,
      Trail trail) {
    this.apps = apps;
    this.http = http;
    this.journal = journal;
    this.redaction = redaction;
    this.clock = clock;
    this.metrics = metrics;
    this.trail = trail;
    // a counter that begins at 1 has never risen, as far as an alert can see
    apps.all()
        .keySet()
        .forEach(
            app -> {
              tooFast(app);
              postponed(app);
            });
  }

  private Counter tooFast(String app) {
    return Counter.builder("reelkeeper.provider.too.fast")
        .description("Answers of Agora that we ask more often than we may (429)")
        .tag("app", app)
        .register(metrics);
  }

  private Counter postponed(String app) {
    return Counter.builder("reelkeeper.polls.postponed")
        .description("Regular questions that were put off because commands took the pace")
        .tag("app", app)
        .register(metrics);
  }

  /// The pace has no room for this question.
  void putOff(Ask<?> ask) {
    if (ask.urgency == Urgency.POLL) {
      postponed(ask.recorder.app()).increment();
    }
  }

  /// @param tooFast Agora says that we ask more often than we may
  record Attempt<T>(Reply reply, Answer<T> answer, boolean tooFast) {}

  /// What all attempts of one call have in common.
  ///
  /// @param kept of the request, for the journal
  record Letter(
      HttpMethod method, byte @Nullable [] bytes, Redaction.Secrets secrets, String kept) {}

  Letter letter(Ask<?> ask) {
    Redaction.Secrets secrets = redaction.secretsOf(ask.body, apps.named(ask.recorder.app()));
    return ask.body == null
        ? new Letter(HttpMethod.GET, null, secrets, redaction.kept(null, secrets))
        : new Letter(
            HttpMethod.POST,
            json.writeValueAsBytes(ask.body),
            secrets,
            redaction.kept(ask.body, secrets));
  }

  /// @param number of the attempt, from 1
  /// @param waited for its turn
  /// @param mayLeave asked on an event loop when the request is about to leave
  <T> Attempt<T> attempt(
      Ask<T> ask,
      Letter letter,
      URI domain,
      int number,
      Duration waited,
      BooleanSupplier mayLeave) {
    try (Trail.Step step =
        trail
            .begin("agora " + ask.operation.word())
            .session(ask.recorder.task().session().toString())
            .app(ask.recorder.app())
            .note("domain", domain.getAuthority())
            .note("attempt", String.valueOf(number))) {
      Attempt<T> made = made(ask, letter, domain, number, waited, mayLeave);
      step.note("outcome", made.answer.word());
      return made;
    }
  }

  private <T> Attempt<T> made(
      Ask<T> ask,
      Letter letter,
      URI domain,
      int number,
      Duration waited,
      BooleanSupplier mayLeave) {
    Redaction.Secrets secrets = letter.secrets;
    URI uri = URI.create(domain + ask.path);

    Instant at = clock.instant().truncatedTo(ChronoUnit.MICROS);
    Timer.Sample sample = Timer.start(metrics);
    Reply reply =
        http.send(ask.recorder.app(), letter.method, uri, letter.bytes, ask.silence, mayLeave);

    Read<T> read = read(ask, reply, secrets);
    long nanos =
        sample.stop(
            Timer.builder("reelkeeper.provider.call")
                .description("HTTP attempts at Agora")
                .tag("app", ask.recorder.app())
                .tag("operation", ask.operation.word())
                .tag("outcome", read.answer.word())
                .tag("domain", domain.getHost())
                // buckets carry exemplars: the trace of a slow call is one click away
                .serviceLevelObjectives(BUCKETS)
                .register(metrics));
    if (read.tooFast) {
      tooFast(ask.recorder.app()).increment();
    }
    journal.add(
        new CallJournal.Row(
            ask.recorder,
            at,
            ask.operation,
            number,
            domain.getAuthority(),
            letter.method.name(),
            uri.getRawPath(),
            reply instanceof Reply.Came came ? came.status() : null,
            read.code,
            read.answer.word(),
            read.note,
            reply instanceof Reply.Came came && came.requestId() != null
                ? secrets.scrub(came.requestId())
                : null,
            Duration.ofNanos(nanos),
            waited,
            letter.kept,
            read.kept));
    return new Attempt<>(reply, read.answer, read.tooFast);
  }

  /// An answer, and what the journal says of it.
  private record Read<T>(
      Answer<T> answer,
      @Nullable Integer code,
      @Nullable String note,
      String kept,
      boolean tooFast) {

    Read(Answer<T> answer, @Nullable Integer code, @Nullable String note, String kept) {
      this(answer, code, note, kept, false);
    }
  }

  private <T> Read<T> read(Ask<T> ask, Reply reply, Redaction.Secrets secrets) {
    return switch (reply) {
      case Reply.Came came -> read(ask, came, secrets);
      case Reply.Lost lost -> nothing(lost.why(), lost.reached());
      case Reply.Held _ -> nothing("its turn was over before it could leave", false);
    };
  }

  private static <T> Read<T> nothing(String why, boolean reached) {
    return new Read<>(new Answer.Unheard<>(why, reached), null, why, "null");
  }

  private <T> Read<T> read(Ask<T> ask, Reply.Came came, Redaction.Secrets secrets) {
    JsonNode body = parsed(came.body());
    Said said = Said.in(body);
    String kept = kept(came, body, secrets);
    if (came.status() == 200 && said.isFine()) {
      return body == null
          ? garbage(
              came.body() == null ? "an answer without end" : "an answer that is no JSON", kept)
          : ask.reads
              .apply(body)
              .map(value -> new Read<T>(new Answer.Granted<>(value), said.code(), null, kept))
              .orElseGet(() -> garbage("an answer without what was asked for", kept));
    }
    Finding found = Classify.judge(ask.operation, came.status(), said);
    String reason = secrets.scrub(found.reason());
    Answer<T> answer =
        switch (found.verdict()) {
          case REFUSED -> new Answer.Refused<>(came.status(), found.code(), reason, found.owner());
          case TOO_FAST, BUSY ->
              new Answer.Busy<>(came.status(), found.code(), reason, came.retryAfter());
          case UPLOADING -> uploading(ask);
          case UNHEARD -> new Answer.Unheard<>("HTTP " + came.status() + ": " + reason, true);
        };
    boolean tooFast = found.verdict() == Classify.Verdict.TOO_FAST;
    return new Read<>(answer, said.code(), reason, kept, tooFast);
  }

  /// HTTP 200 whose body cannot be believed: not a success, and not proof of the contrary.
  private static <T> Read<T> garbage(String why, String kept) {
    return new Read<>(new Answer.Unheard<>(why, true), null, why, kept);
  }

  @SuppressWarnings("unchecked") // only stop's rows have this verdict, so T is Stopped
  private static <T> Answer<T> uploading(Ask<T> ask) {
    assert ask.operation == Operation.STOP;
    return (Answer<T>) new Answer.Granted<>(Heard.Stopped.acceptedOnly());
  }

  private @Nullable JsonNode parsed(byte @Nullable [] body) {
    if (body == null || body.length == 0) {
      return null;
    }
    try {
      JsonNode node = json.readTree(body);
      return node.isObject() ? node : null;
    } catch (JacksonException _) {
      return null;
    }
  }

  private String kept(Reply.Came came, @Nullable JsonNode body, Redaction.Secrets secrets) {
    if (body != null) {
      return redaction.kept(body, secrets);
    }
    return redaction.keptUnread(came.body() == null ? new byte[0] : came.body(), secrets);
  }
}
