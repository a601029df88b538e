package io.reelkeeper.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.api.ApiTest;
import io.reelkeeper.outbox.BusinessEvent;
import io.reelkeeper.outbox.EventFilter;
import io.reelkeeper.outbox.EventLog;
import io.reelkeeper.outbox.Outbox;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.context.TestPropertySource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.DefaultTransactionDefinition;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Server-sent events as a client sees them. The database is never asked on an event loop:
/// BlockHound
/// would fail the request.
@ApiTest
@TestPropertySource(
    properties = {
      "reelkeeper.outbox.live=true",
      "reelkeeper.outbox.poll=10ms",
      "reelkeeper.streams.poll=10ms",
      "reelkeeper.streams.heartbeat=100ms",
      "reelkeeper.streams.patience=500ms",
      "reelkeeper.streams.per-key=3",
    })
final class EventStreamTest {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  private final HttpClient http = HttpClient.newHttpClient();
  private final Outbox outbox;
  private final EventLog log;
  private final PlatformTransactionManager transactions;
  private final int port;

  EventStreamTest(
      @Autowired Outbox outbox,
      @Autowired EventLog log,
      @Autowired PlatformTransactionManager transactions,
      @LocalServerPort int port) {
    this.outbox = outbox;
    this.log = log;
    this.transactions = transactions;
    this.port = port;
  }

  private void happens(UUID session, int... numbers) {
    happens("classroom", "task.started", session, numbers);
  }

  private void happens(String app, String type, UUID session, int... numbers) {
    outbox.write(
        IntStream.of(numbers)
            .mapToObj(n -> new BusinessEvent(type, session, app, NOON, Map.of("n", n)))
            .toList());
  }

  /// The position behind everything so far.
  private String now() {
    UUID last = UUID.randomUUID();
    try (Client client = opens(ApiTest.ADMIN, "?session=" + last, null)) {
      happens(last, 0);
      return client.next().id();
    }
  }

  private record Event(String id, String name, JsonNode data) {
    int n() {
      return data.at("/data/n").intValue();
    }
  }

  /// An open stream.
  private static final class Client implements AutoCloseable {
    private final BufferedReader lines;

    private Client(HttpResponse<InputStream> response) {
      assertThat(response.headers().firstValue("content-type").orElse(""))
          .startsWith("text/event-stream");
      lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    /// The next event that has data.
    Event next() {
      String id = "";
      String name = "";
      try {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          if (line.startsWith("id:")) {
            id = line.substring(3);
          } else if (line.startsWith("event:")) {
            name = line.substring(6);
          } else if (line.startsWith("data:")) {
            return new Event(id, name, JSON.readTree(line.substring(5)));
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      throw new AssertionError("the stream has ended");
    }

    List<Integer> next(int count) {
      return IntStream.range(0, count).mapToObj(_ -> next().n()).toList();
    }

    /// The next `id:` without data, which says how far the stream is.
    String nextBeat() {
      String id = "";
      try {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          if (line.startsWith("id:")) {
            id = line.substring(3);
          } else if (line.equals(":alive")) {
            return id;
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      throw new AssertionError("the stream has ended");
    }

    @Override
    public void close() {
      try {
        lines.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /// Opened, and told where it is: what happens from now on is seen.
  private Client opens(String key, String query, @Nullable String lastEventId) {
    HttpResponse<InputStream> response = asks(key, query, lastEventId);
    assertThat(response.statusCode()).isEqualTo(200);
    var client = new Client(response);
    client.nextBeat();
    return client;
  }

  private HttpResponse<InputStream> asks(String key, String query, @Nullable String lastEventId) {
    var request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/events" + query))
            .header("Authorization", "Bearer " + key);
    if (lastEventId != null) {
      request.header("Last-Event-ID", lastEventId);
    }
    try {
      // one that is full is free again a moment after a client has left
      return Awaitility.await()
          .until(
              () -> http.send(request.build(), BodyHandlers.ofInputStream()),
              response -> response.statusCode() != 429);
    } catch (RuntimeException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void anEventIsToldAsTheWebhookTellsIt() {
    UUID session = UUID.randomUUID();
    try (Client client = opens(ApiTest.READ, "?session=" + session, null)) {
      happens(session, 1);

      Event event = client.next();

      assertThat(event.name()).isEqualTo("task.started");
      assertThat(Long.parseLong(event.id())).isPositive();
      assertThat(event.data().path("specversion").stringValue()).isEqualTo("1.0");
      assertThat(event.data().path("type").stringValue()).isEqualTo("io.reelkeeper.task.started");
      assertThat(event.data().path("subject").stringValue()).isEqualTo(session.toString());
      assertThat(event.data().path("app").stringValue()).isEqualTo("classroom");
    }
  }

  @Test
  void aStreamTellsOnlyTheAppsOfItsKey() {
    UUID ours = UUID.randomUUID();
    UUID theirs = UUID.randomUUID();
    try (Client own = opens(ApiTest.READ, "", null);
        Client foreign = opens(ApiTest.NEIGHBOUR, "", null);
        Client asking = opens(ApiTest.READ, "?app=lounge&app=classroom", null);
        Client prying = opens(ApiTest.READ, "?session=" + theirs, null);
        Client all = opens(ApiTest.ADMIN, "", null)) {
      happens("lounge", "task.ended", theirs, 1);
      happens("classroom", "task.ended", ours, 2);
      happens("lounge", "task.ended", theirs, 3);
      happens("classroom", "task.ended", theirs, 4);

      assertThat(own.next(2)).containsExactly(2, 4);
      assertThat(asking.next(2)).containsExactly(2, 4);
      assertThat(prying.next(1)).containsExactly(4);
      assertThat(foreign.next(2)).containsExactly(1, 3);
      assertThat(all.next(4)).containsExactly(1, 2, 3, 4);
    }
  }

  @Test
  void aStreamLeavesOutWhatWasNotAskedFor() {
    UUID session = UUID.randomUUID();
    try (Client client =
        opens(ApiTest.READ, "?type=session.*&type=task.ended&session=" + session, null)) {
      happens("classroom", "session.recording", session, 1);
      happens("classroom", "task.started", session, 2);
      happens("classroom", "task.ended", UUID.randomUUID(), 3);
      happens("classroom", "task.ended", session, 4);

      assertThat(client.next(2)).containsExactly(1, 4);
    }
  }

  @Test
  void aClientThatComesAgainMissesNothingAndGetsNothingTwice() {
    UUID session = UUID.randomUUID();
    String query = "?session=" + session;
    String last;
    TransactionStatus slow = transactions.getTransaction(new DefaultTransactionDefinition());
    happens(session, 1); // its number is lower than all that follow, but nobody sees it yet
    try {
      try (Client client = opens(ApiTest.READ, query, null)) {
        runElsewhere(() -> happens(session, 2, 3));
        assertThat(client.next(1)).containsExactly(2);
        last = client.next().id();
      }
      runElsewhere(() -> happens(session, 4));
    } finally {
      transactions.commit(slow);
    }

    try (Client client = opens(ApiTest.READ, query, last)) {
      assertThat(client.next(2)).containsExactlyInAnyOrder(1, 4);
      happens(session, 5);
      assertThat(client.next(1)).containsExactly(5);
    }
  }

  private static void runElsewhere(Runnable work) {
    try {
      Thread.ofVirtual().start(work).join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void whatCommitsLateIsSeenByAnOpenStream() {
    UUID session = UUID.randomUUID();
    try (Client client = opens(ApiTest.READ, "?session=" + session, null)) {
      TransactionStatus slow = transactions.getTransaction(new DefaultTransactionDefinition());
      happens(session, 1);
      runElsewhere(() -> happens(session, 2));
      assertThat(client.next(1)).containsExactly(2);

      transactions.commit(slow);

      assertThat(client.next(1)).containsExactly(1);
    }
  }

  @Test
  void whoWasAwayForLongCatchesUpPageByPageAndStaysWhileMoreHappens() {
    UUID session = UUID.randomUUID();
    String before = now();
    for (int i = 0; i < 30; i++) {
      happens(session, IntStream.range(i * 50, i * 50 + 50).toArray());
      happens(UUID.randomUUID(), 0);
    }
    Thread.ofVirtual().start(() -> IntStream.range(1_500, 2_000).forEach(n -> happens(session, n)));

    try (Client client = opens(ApiTest.READ, "?session=" + session, before)) {
      assertThat(client.next(2_000)).isEqualTo(IntStream.range(0, 2_000).boxed().toList());
    }
  }

  @Test
  void aSilentStreamSaysThatItLivesAndHowFarItIs() {
    UUID session = UUID.randomUUID();
    try (Client client = opens(ApiTest.READ, "?session=" + session, null)) {
      String first = client.nextBeat();
      happens(UUID.randomUUID(), 1); // not for this stream, but it is past it

      Awaitility.await().until(() -> Long.parseLong(client.nextBeat()) > Long.parseLong(first));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "?type=session.begun",
        "?type=",
        "?session=x",
        "?app=",
        "?type=sess%25",
        "?type=*.*"
      })
  void whatCannotBeUnderstoodIsRefused(String query) {
    assertThat(asks(ApiTest.READ, query, null).statusCode()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "-1", "999999999999999999", "1e3", "99999999999999999999999"})
  void aPositionThatWasNeverGivenIsRefused(String lastEventId) throws IOException {
    HttpResponse<InputStream> response = asks(ApiTest.READ, "", lastEventId);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(new String(response.body().readAllBytes(), StandardCharsets.UTF_8))
        .contains("/problems/invalid-request", "Last-Event-ID");
  }

  @Test
  void aKeyHasOnlySoManyStreamsAtATime() throws Exception {
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      clients.add(opens(ApiTest.OPERATE, "", null));
    }
    HttpResponse<String> one =
        http.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/events"))
                .header("Authorization", "Bearer " + ApiTest.OPERATE)
                .build(),
            BodyHandlers.ofString());
    assertThat(one.statusCode()).isEqualTo(429);
    assertThat(one.headers().firstValue("retry-after")).isPresent();
    assertThat(one.body()).contains("/problems/too-many-streams");
    opens(ApiTest.NEIGHBOUR, "", null).close();

    clients.removeLast().close();
    clients.add(opens(ApiTest.OPERATE, "", null));
    clients.forEach(Client::close);
  }

  @Test
  void aClientThatTakesNothingIsCutOffAndCanGoOnWhereItWas() throws IOException {
    UUID session = UUID.randomUUID();
    String before = now();
    String text = "x".repeat(100_000);
    long last = 0;
    try (var socket = new Socket("127.0.0.1", port)) {
      socket
          .getOutputStream()
          .write(
              ("GET /v1/events?session=%s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n"
                      + "Last-Event-ID: %s\r\n\r\n")
                  .formatted(session, ApiTest.READ, before)
                  .getBytes(StandardCharsets.US_ASCII));
      for (int i = 0; i < 400; i++) {
        outbox.write(
            List.of(
                new BusinessEvent(
                    "task.started", session, "classroom", NOON, Map.of("n", i, "text", text))));
      }
      long head = placed(session, 400);
      Awaitility.await().until(() -> opensAtOnce(3)); // the place that it had is free

      last = lastId(socket);
      assertThat(last).isPositive().isLessThan(head);
    }

    try (Client client = opens(ApiTest.READ, "?session=" + session, String.valueOf(last))) {
      int next = client.next().n();
      assertThat(next).isBetween(1, 399);
      assertThat(client.next(399 - next))
          .isEqualTo(IntStream.rangeClosed(next + 1, 399).boxed().toList());
    }
  }

  private long placed(UUID session, int count) {
    return Awaitility.await()
        .until(
            () ->
                log.after(0, Long.MAX_VALUE, new EventFilter(null, List.of(), session), count + 1),
            found -> found.size() == count)
        .getLast()
        .position();
  }

  private boolean opensAtOnce(int count) throws Exception {
    List<Client> clients = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        HttpResponse<InputStream> response =
            http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/events"))
                    .header("Authorization", "Bearer " + ApiTest.READ)
                    .build(),
                BodyHandlers.ofInputStream());
        if (response.statusCode() != 200) {
          return false;
        }
        clients.add(new Client(response));
      }
      return true;
    } finally {
      clients.forEach(Client::close);
    }
  }

  /// Reads to the end; the id of the last event that came whole.
  private static long lastId(Socket socket) throws IOException {
    var lines =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    long id = 0;
    long whole = 0;
    try {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith("id:")) {
          id = Long.parseLong(line.substring(3));
        } else if (line.isEmpty() && id > 0) {
          whole = id;
        }
      }
    } catch (SocketException _) {
      // cut off
    }
    return whole;
  }
}
