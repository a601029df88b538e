package io.reelkeeper.provider;

import io.github.resilience4j.bulkhead.Bulkhead;
import io.github.resilience4j.bulkhead.BulkheadConfig;
import io.github.resilience4j.bulkhead.BulkheadRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.reelkeeper.core.Backoff;
import io.reelkeeper.core.Mode;
import io.reelkeeper.provider.Classify.Finding;
import io.reelkeeper.provider.Classify.Said;
import io.reelkeeper.provider.HttpAgora.Reply;
import io.reelkeeper.quota.Quota;
import io.reelkeeper.quota.Slot;
import io.reelkeeper.quota.Urgency;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataAccessException;
import org.springframework.http.HttpMethod;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Agora's cloud recording, one method for each thing that can be asked of it.
///
/// A call paces itself, looks for a domain that answers, repeats what may be repeated, and ends in
/// one `Answer`. It blocks for up to a minute and so never runs inside a transaction.
@Component
@Transactional(propagation = Propagation.NEVER)
public class Agora {

  /// A request on an open connection leaves within a few milliseconds of its turn.
  private static final Duration PUNCTUAL = Duration.ofMillis(10);

  private static final Logger log = LoggerFactory.getLogger(Agora.class);

  /// Repeated after 50x and code 65 here. The repeats of start and query are timers elsewhere:
  /// between two of them the session may take another turn.
  private static final Set<Operation> REPEATED =
      EnumSet.of(Operation.ACQUIRE, Operation.UPDATE, Operation.UPDATE_LAYOUT, Operation.STOP);

  /// Refusals that say something about an earlier start of the same bytes too: it runs (7, 53), or
  /// it was refused for the same reason.
  private static final Set<Integer> SETTLES_A_LOST_START = Set.of(2, 7, 8, 53, 432, 1003, 1013);

  /// How soon a call that found no room among the calls under way may come again.
  private static final Duration CROWDED = Duration.ofSeconds(1);

  private final AgoraApps apps;
  private final ProviderSettings settings;
  private final Backoff patience;
  private final HttpAgora http;
  private final DomainRoute route;
  private final Turns turns;
  private final CallJournal journal;
  private final Redaction redaction;
  private final Pause pause;
  private final Clock clock;
  private final MeterRegistry metrics;
  private final BulkheadRegistry crowds;
  private final JsonMapper json = JsonMapper.builder().build();

  /// How the pace is asked for a turn, and told that it was too quick.
  ///
  /// @param leftLate told how long after its turn a request left
  record Turns(
      BiFunction<String, Urgency, Slot> await,
      Consumer<String> slowDown,
      BiConsumer<String, Duration> leftLate) {}

  @Autowired
  Agora(
      AgoraApps apps,
      ProviderSettings settings,
      ProviderSettings.Patience patience,
      HttpAgora http,
      DomainRoute route,
      Quota quota,
      CallJournal journal,
      Redaction redaction,
      Pause pause,
      Clock clock,
      MeterRegistry metrics) {
    this(
        apps,
        settings,
        patience,
        http,
        route,
        new Turns(quota::await, quota::slowDown, quota::leftLate),
        journal,
        redaction,
        pause,
        clock,
        metrics);
  }

  Agora(
      AgoraApps apps,
      ProviderSettings settings,
      ProviderSettings.Patience patience,
      HttpAgora http,
      DomainRoute route,
      Turns turns,
      CallJournal journal,
      Redaction redaction,
      Pause pause,
      Clock clock,
      MeterRegistry metrics) {
    this.apps = apps;
    this.settings = settings;
    this.patience = patience.backoff();
    this.http = http;
    this.route = route;
    this.turns = turns;
    this.journal = journal;
    this.redaction = redaction;
    this.pause = pause;
    this.clock = clock;
    this.metrics = metrics;
    // Nobody waits here: a slot that was given passes.
    this.crowds =
        BulkheadRegistry.of(
            BulkheadConfig.custom()
                .maxConcurrentCalls(settings.concurrentCalls())
                .maxWaitDuration(Duration.ZERO)
                .build());
  }

  /// Asks for a resource ID; it is good for one start within 5 minutes, best within 2 s.
  public Answer<Heard.Acquired> acquire(Recorder recorder, JsonNode clientRequest) {
    return post(Operation.ACQUIRE, recorder, "/acquire", clientRequest, Heard.Acquired::in);
  }

  /// Starts the recording of the acquired resource ID. A start that was lost on its way is sent
  /// again with the same resource ID; a refusal with code 7 or 53 then says that it runs.
  public Answer<Heard.Started> start(Recorder recorder, JsonNode clientRequest) {
    String path = resource(recorder) + mode(recorder.mode()) + "/start";
    return post(Operation.START, recorder, path, clientRequest, Heard.Started::in);
  }

  /// Asks how the recording is. Refused with 404 and `Owner.PROVIDER`: Agora does not find it.
  ///
  /// Something waits for the answer, so it goes before regular questions.
  public Answer<Heard.Queried> query(Recorder recorder) {
    return query(recorder, Urgency.COMMAND);
  }

  /// The regular form of [#query]: `Postponed` while commands take the pace.
  public Answer<Heard.Queried> poll(Recorder recorder) {
    return query(recorder, Urgency.POLL);
  }

  private Answer<Heard.Queried> query(Recorder recorder, Urgency urgency) {
    String path = ofSid(recorder) + mode(recorder.mode()) + "/query";
    return walk(
        new Ask<>(
            Operation.QUERY,
            recorder,
            urgency,
            recorder.app(),
            recordings(recorder) + path,
            null,
            settings.answerTimeout(),
            Heard.Queried::in));
  }

  public Answer<Heard.Updated> update(Recorder recorder, JsonNode clientRequest) {
    String path = ofSid(recorder) + mode(recorder.mode()) + "/update";
    return post(Operation.UPDATE, recorder, path, clientRequest, Heard.Updated::in);
  }

  /// Replaces the whole layout of a mixed recording: what is left out returns to its default.
  public Answer<Heard.Updated> updateLayout(Recorder recorder, JsonNode clientRequest) {
    String path = ofSid(recorder) + mode(Mode.COMPOSITE) + "/updateLayout";
    return post(Operation.UPDATE_LAYOUT, recorder, path, clientRequest, Heard.Updated::in);
  }

  /// Stops the recording. Refused with 49: it already stops; with 435: it stopped and is empty.
  ///
  /// @param async do not wait for the upload
  public Answer<Heard.Stopped> stop(Recorder recorder, boolean async) {
    String path = ofSid(recorder) + mode(recorder.mode()) + "/stop";
    JsonNode how = json.createObjectNode().put("async_stop", async);
    return post(Operation.STOP, recorder, path, how, Heard.Stopped::in);
  }

  /// Asks who is in the channel; paced apart from the recording calls.
  public Answer<Heard.Present> presence(Recorder recorder) {
    String path =
        "/dev/v1/channel/user/"
            + apps.named(recorder.app()).id()
            + "/"
            + HttpAgora.segment(recorder.cname())
            + "/hosts_only";
    return walk(
        new Ask<>(
            Operation.PRESENCE,
            recorder,
            Urgency.COMMAND,
            recorder.app() + "/presence",
            path,
            null,
            settings.answerTimeout(),
            Heard.Present::in));
  }

  private <T> Answer<T> post(
      Operation operation,
      Recorder recorder,
      String path,
      JsonNode clientRequest,
      Function<JsonNode, Optional<T>> reads) {
    var body = json.createObjectNode();
    body.put("cname", recorder.cname()).put("uid", recorder.uid());
    body.set("clientRequest", clientRequest);
    return walk(
        new Ask<>(
            operation,
            recorder,
            operation == Operation.START ? Urgency.SECOND_OF_PAIR : Urgency.COMMAND,
            recorder.app(),
            recordings(recorder) + path,
            body,
            operation == Operation.STOP ? settings.stopTimeout() : settings.answerTimeout(),
            reads));
  }

  private String recordings(Recorder recorder) {
    return "/v1/apps/" + apps.named(recorder.app()).id() + "/cloud_recording";
  }

  private static String resource(Recorder recorder) {
    return "/resourceid/" + HttpAgora.segment(given(recorder.resourceId(), "resource ID"));
  }

  private static String ofSid(Recorder recorder) {
    return resource(recorder) + "/sid/" + HttpAgora.segment(given(recorder.sid(), "sid"));
  }

  private static String mode(Mode mode) {
    return "/mode/" + mode.agora();
  }

  private static String given(@Nullable String value, String what) {
    if (value == null) {
      throw new IllegalArgumentException("the recorder has no " + what + " yet");
    }
    return value;
  }

  /// @param pace the key under which the requests per second are counted
  /// @param silence how long Agora may say nothing
  private record Ask<T>(
      Operation operation,
      Recorder recorder,
      Urgency urgency,
      String pace,
      String path,
      @Nullable JsonNode body,
      Duration silence,
      Function<JsonNode, Optional<T>> reads) {}

  /// The attempts of one call: paced, sent, judged; then an answer, or a pause and the next one.
  private <T> Answer<T> walk(Ask<T> ask) {
    // Made before its turn: a request leaves at once when that has come.
    Letter letter = letter(ask);
    DomainRoute.@Nullable Journey journey = null;
    boolean reached = false;
    for (int attempt = 1; ; attempt++) {
      Duration waited;
      switch (slot(ask)) {
        case Slot.Go go -> waited = go.waited();
        case Slot.NotNow later -> {
          return reached ? new Answer.Unheard<>("no room for a repeat", true) : postponed(later);
        }
        case null -> {
          return reached
              ? new Answer.Unheard<>("no turn could be had: database away, or shutting down", true)
              : new Answer.Postponed<>(CROWDED);
        }
      }
      Bulkhead crowd = crowds.bulkhead(ask.recorder.app());
      if (!crowd.tryAcquirePermission()) {
        return reached
            ? new Answer.Unheard<>("too many calls under way", true)
            : new Answer.Postponed<>(CROWDED);
      }
      journey = journey == null ? route.of(ask.recorder.app()) : journey;
      Attempt<T> made;
      try {
        made = attempt(ask, letter, journey.domain(), attempt, waited);
      } finally {
        crowd.onComplete();
      }
      boolean repeat;
      switch (made.reply) {
        case Reply.Lost lost -> {
          journey.lost(lost.dns());
          reached |= lost.reached();
          repeat = true;
        }
        case Reply.Came came -> {
          journey.heard();
          repeat = mayHelp(ask.operation, came.status(), made.answer);
        }
      }
      Optional<Duration> wait = repeat ? patience.after(attempt) : Optional.empty();
      if (wait.isEmpty() || !paused(wait.get())) {
        return conclude(ask.operation, made.answer, reached);
      }
    }
  }

  private static <T> Answer<T> postponed(Slot.NotNow later) {
    return new Answer.Postponed<>(later.by());
  }

  private @Nullable Slot slot(Ask<?> ask) {
    try {
      return turns.await.apply(ask.pace, ask.urgency);
    } catch (DataAccessException | CancellationException _) {
      return null; // nothing goes unpaced
    }
  }

  /// Called on an event loop, which must not wait for the database.
  private void left(String pace, long turn) {
    Duration late = Duration.ofNanos(System.nanoTime() - turn);
    if (late.compareTo(PUNCTUAL) > 0) {
      Thread.startVirtualThread(
          () -> {
            try {
              turns.leftLate.accept(pace, late);
            } catch (DataAccessException _) {
              // The next request asks the same database for its turn, and waits if it is away.
            }
          });
    }
  }

  /// What Agora answered stands, whether or not the other replicas can be told.
  private void slowDown(String pace) {
    try {
      turns.slowDown.accept(pace);
    } catch (DataAccessException e) {
      log.warn("cannot slow {} down: {}", pace, e.getClass().getSimpleName());
    }
  }

  private static boolean mayHelp(Operation operation, int status, Answer<?> answer) {
    // Whatever became of an acquire, it records nothing: what cannot be believed is asked again.
    if (operation == Operation.ACQUIRE && answer instanceof Answer.Unheard<?>) {
      return true;
    }
    return REPEATED.contains(operation)
        && answer instanceof Answer.Busy<?> busy
        && (status >= 500 || busy.code() == 65);
  }

  private boolean paused(Duration time) {
    try {
      pause.last(time);
      return true;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// The last answer, in the light of attempts that were lost: a start that may have reached Agora
  /// is not undone by a later "busy" or "no connection".
  private static <T> Answer<T> conclude(Operation operation, Answer<T> last, boolean reached) {
    if (!reached) {
      return last;
    }
    return switch (last) {
      case Answer.Unheard<T> unheard -> new Answer.Unheard<>(unheard.why(), true);
      case Answer.Busy<T> busy when operation == Operation.START ->
          new Answer.Unheard<>("an attempt was lost; then: " + busy.reason(), true);
      case Answer.Refused<T> refused
          when operation == Operation.START && !SETTLES_A_LOST_START.contains(refused.code()) ->
          new Answer.Unheard<>("an attempt was lost; then: " + refused.reason(), true);
      default -> last;
    };
  }

  private record Attempt<T>(Reply reply, Answer<T> answer) {}

  /// What all attempts of one call have in common.
  ///
  /// @param kept of the request, for the journal
  private record Letter(
      HttpMethod method, byte @Nullable [] bytes, Redaction.Secrets secrets, String kept) {}

  private Letter letter(Ask<?> ask) {
    Redaction.Secrets secrets = redaction.secretsOf(ask.body, apps.named(ask.recorder.app()));
    return ask.body == null
        ? new Letter(HttpMethod.GET, null, secrets, redaction.kept(null, secrets))
        : new Letter(
            HttpMethod.POST,
            json.writeValueAsBytes(ask.body),
            secrets,
            redaction.kept(ask.body, secrets));
  }

  private <T> Attempt<T> attempt(
      Ask<T> ask, Letter letter, URI domain, int number, Duration waited) {
    long turn = System.nanoTime();
    Redaction.Secrets secrets = letter.secrets;
    URI uri = URI.create(domain + ask.path);

    Instant at = clock.instant().truncatedTo(ChronoUnit.MICROS);
    Timer.Sample sample = Timer.start(metrics);
    Reply reply =
        http.send(
            ask.recorder.app(),
            letter.method,
            uri,
            letter.bytes,
            ask.silence,
            () -> left(ask.pace, turn));

    Read<T> read = read(ask, reply, secrets);
    long nanos =
        sample.stop(
            Timer.builder("reelkeeper.provider.call")
                .description("HTTP attempts at Agora")
                .tag("app", ask.recorder.app())
                .tag("operation", ask.operation.word())
                .tag("outcome", read.answer.word())
                .tag("domain", domain.getHost())
                .register(metrics));
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
    return new Attempt<>(reply, read.answer);
  }

  /// An answer, and what the journal says of it.
  private record Read<T>(
      Answer<T> answer, @Nullable Integer code, @Nullable String note, String kept) {}

  private <T> Read<T> read(Ask<T> ask, Reply reply, Redaction.Secrets secrets) {
    if (!(reply instanceof Reply.Came came)) {
      var lost = (Reply.Lost) reply;
      return new Read<>(new Answer.Unheard<>(lost.why(), lost.reached()), null, lost.why(), "null");
    }
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
          case TOO_FAST -> {
            slowDown(ask.pace);
            yield new Answer.Busy<>(came.status(), found.code(), reason, came.retryAfter());
          }
          case BUSY -> new Answer.Busy<>(came.status(), found.code(), reason, came.retryAfter());
          case UPLOADING -> uploading(ask);
          case UNHEARD -> new Answer.Unheard<>("HTTP " + came.status() + ": " + reason, true);
        };
    return new Read<>(answer, said.code(), reason, kept);
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
