package io.reelkeeper.provider;

import static io.reelkeeper.provider.Bench.RECORDER;
import static io.reelkeeper.provider.Bench.SID;
import static io.reelkeeper.provider.Bench.json;
import static io.reelkeeper.provider.ScriptedAgora.write;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Which domain is asked when nothing answers, and what may be said of a call that was lost.
final class DomainRouteTest {

  private static final String STARTED = "{\"sid\":\"" + SID + "\"}";
  private static final String QUERIED = "{\"serverResponse\":{\"status\":5}}";
  private static final String NO_NAME = "http://agora.invalid";

  @Test
  void aNameThatDoesNotResolveIsAskedTwiceThenTheAlternateName() {
    try (var alternate = ScriptedAgora.polite().says(200, STARTED);
        var adjacent = ScriptedAgora.polite();
        var bench = Bench.on(NO_NAME, alternate.url(), adjacent.url())) {
      assertThat(bench.agora.start(RECORDER, json("{}"))).isInstanceOf(Answer.Granted.class);

      assertThat(bench.pauses).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(3));
      assertThat(alternate.asked()).hasSize(1);
      assertThat(adjacent.asked()).isEmpty();
      assertThat(bench.pace.asked).hasSize(3);
    }
  }

  @Test
  void aNameThatDoesNotResolveLeadsToTheAdjacentRegionInTheEnd() {
    try (var adjacent = ScriptedAgora.polite().says(200, STARTED);
        var bench = Bench.on(NO_NAME, "http://agora-too.invalid", adjacent.url())) {
      assertThat(bench.agora.start(RECORDER, json("{}"))).isInstanceOf(Answer.Granted.class);
      assertThat(bench.pauses)
          .containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(3), Duration.ofSeconds(6));
    }
  }

  @Test
  void aFailureThatIsNotOfTheNameSkipsTheAlternateName() {
    try (var alternate = ScriptedAgora.polite();
        var adjacent = ScriptedAgora.polite().drops().says(200, STARTED);
        var bench = Bench.on(ScriptedAgora.nobody(), alternate.url(), adjacent.url())) {
      assertThat(bench.agora.start(RECORDER, json("{}"))).isInstanceOf(Answer.Granted.class);
      assertThat(alternate.asked()).isEmpty();
      assertThat(adjacent.asked()).hasSize(2);
    }
  }

  @Test
  void whatNeverArrivedAnywhereCertainlyDidNotHappen() {
    String nobody = ScriptedAgora.nobody();
    try (var bench = Bench.on(NO_NAME, nobody, nobody)) {
      assertThat(bench.agora.start(RECORDER, json("{}")))
          .isInstanceOfSatisfying(
              Answer.Unheard.class,
              unheard -> {
                assertThat(unheard.reached()).isFalse();
                assertThat(unheard.why()).contains("127.0.0.1");
              });
      assertThat(bench.pace.asked).hasSize(4);
    }
  }

  @Test
  void oneAttemptThatMayHaveArrivedOutweighsAllThatWereRefused() {
    String nobody = ScriptedAgora.nobody();
    try (var primary = ScriptedAgora.polite().drops();
        var bench = Bench.on(primary.url(), nobody, nobody)) {
      assertThat(bench.agora.start(RECORDER, json("{}")))
          .isInstanceOfSatisfying(
              Answer.Unheard.class, unheard -> assertThat(unheard.reached()).isTrue());
      assertThat(primary.asked()).hasSize(2);
    }
  }

  static Stream<ScriptedAgora.Rudeness> rudenesses() {
    return Stream.of(
        named("closes without a word", _ -> {}),
        named("resets", socket -> socket.setSoLinger(true, 0)),
        named("stays silent", DomainRouteTest::holds),
        named("speaks no HTTP", socket -> write(socket, "SSH-2.0-OpenSSH_9.6\r\n\r\n")),
        named(
            "stops in the middle of the body",
            socket ->
                write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{\"sid\":\"" + SID)),
        named("drips one byte at a time without end", DomainRouteTest::drips),
        named("sends headers without end", DomainRouteTest::headersForEver));
  }

  @ParameterizedTest
  @MethodSource("rudenesses")
  void aStartThatMayHaveArrivedGoesOnWithTheSameResourceIdAndHearsThatItRuns(
      ScriptedAgora.Rudeness rudeness) {
    try (var primary = ScriptedAgora.rude(rudeness);
        var adjacent =
            ScriptedAgora.polite().says(201, "{\"code\":7,\"reason\":\"already started\"}");
        var bench = Bench.on(primary.url(), NO_NAME, adjacent.url())) {
      assertThat(bench.agora.start(RECORDER, json("{}")))
          .isInstanceOfSatisfying(
              Answer.Refused.class,
              refused -> {
                assertThat(refused.httpStatus()).isEqualTo(201);
                assertThat(refused.code()).isEqualTo(7);
              });
      assertThat(primary.asked()).hasSize(2);
      assertThat(adjacent.asked().getFirst().path()).contains("/resourceid/RES-1/");
    }
  }

  @Test
  void aLostStartIsNotUndoneByALaterServerErrorOrByRevokedCredentials() {
    for (String later : new String[] {"{\"code\":502}", "{\"message\":\"Unauthorized\"}"}) {
      int status = later.contains("502") ? 500 : 401;
      try (var primary = ScriptedAgora.polite().drops().says(status, later);
          var bench = Bench.on(primary)) {
        assertThat(bench.agora.start(RECORDER, json("{}")))
            .isInstanceOfSatisfying(
                Answer.Unheard.class, unheard -> assertThat(unheard.reached()).isTrue());
      }
    }
  }

  @Test
  void aLostStartThatConflictsLaterIsReportedAsTheConflict() {
    try (var primary = ScriptedAgora.polite().drops().says(400, "{\"code\":53}");
        var bench = Bench.on(primary)) {
      assertThat(bench.agora.start(RECORDER, json("{}")))
          .isInstanceOfSatisfying(
              Answer.Refused.class, refused -> assertThat(refused.code()).isEqualTo(53));
    }
  }

  @Test
  void anyHttpAnswerEndsTheSearchForADomain() {
    try (var primary = ScriptedAgora.polite().drops().says(404, "<html>nothing here</html>");
        var elsewhere = ScriptedAgora.polite();
        var bench = Bench.on(primary.url(), elsewhere.url(), elsewhere.url())) {
      assertThat(bench.agora.poll(RECORDER)).isInstanceOf(Answer.Refused.class);
      assertThat(elsewhere.asked()).isEmpty();
    }
  }

  @Test
  void aServerThatSpeaksNoTlsIsNeverSpokenToInPlainText() {
    try (var plain = ScriptedAgora.rude(socket -> write(socket, "HTTP/1.1 200 OK\r\n\r\n{}"));
        var bench =
            Bench.on(
                plain.url().replace("http://", "https://"),
                ScriptedAgora.nobody(),
                ScriptedAgora.nobody())) {
      assertThat(bench.agora.start(RECORDER, json("{}")))
          .isInstanceOfSatisfying(
              Answer.Unheard.class, unheard -> assertThat(unheard.reached()).isFalse());
      assertThat(plain.asked())
          .hasSize(2)
          .allSatisfy(
              asked -> assertThat(asked.body()).doesNotContain("Authorization", "POST", "RES-1"));
    }
  }

  @Test
  void aCertificateThatNobodyVouchesForEndsTheCallBeforeAnythingIsSaid(@TempDir Path folder)
      throws Exception {
    var asked = new AtomicInteger();
    var server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(selfSigned(folder)));
    server.createContext("/", _ -> asked.incrementAndGet());
    server.start();
    String url = "https://127.0.0.1:" + server.getAddress().getPort();
    try (var bench = Bench.on(url, url, url)) {
      assertThat(bench.agora.start(RECORDER, json("{}")))
          .isInstanceOfSatisfying(
              Answer.Unheard.class,
              unheard -> {
                assertThat(unheard.reached()).isFalse();
                assertThat(unheard.why()).startsWith("TLS with 127.0.0.1");
              });
      assertThat(asked).hasValue(0);
    } finally {
      server.stop(0);
    }
  }

  private static SSLContext selfSigned(Path folder) throws Exception {
    Path file = folder.resolve("self-signed.p12");
    int made =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "agora",
                "-keyalg",
                "EC",
                "-dname",
                "CN=agora",
                "-ext",
                "san=ip:127.0.0.1",
                "-storepass",
                "changeit",
                "-keystore",
                file.toString())
            .start()
            .waitFor();
    assertThat(made).isZero();
    var store = KeyStore.getInstance(file.toFile(), "changeit".toCharArray());
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, "changeit".toCharArray());
    var context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  @Test
  void theNextCallBeginsWhereTheLastOneSucceededAndComesHomeAfterRecovery() {
    try (var primary =
            ScriptedAgora.polite().drops().drops().says(200, QUERIED); // down, then well again
        var adjacent = ScriptedAgora.polite().says(200, QUERIED);
        var bench = Bench.on(primary.url(), NO_NAME, adjacent.url())) {
      bench.agora.poll(RECORDER);
      bench.pauses.clear();

      bench.agora.poll(RECORDER);
      assertThat(bench.pauses).isEmpty();
      assertThat(primary.asked()).hasSize(2);
      assertThat(adjacent.asked()).hasSize(2);

      bench.clock.advance(Duration.ofSeconds(31));
      bench.agora.poll(RECORDER);
      bench.agora.poll(RECORDER);
      assertThat(primary.asked()).hasSize(4);
      assertThat(adjacent.asked()).hasSize(2);
    }
  }

  @Test
  void aCallThatBeginsInTheAdjacentRegionFindsThePrimaryWhenThatFailsToo() {
    try (var primary = ScriptedAgora.polite().drops().drops().says(200, QUERIED);
        var adjacent = ScriptedAgora.polite().says(200, QUERIED).drops().drops();
        var bench = Bench.on(primary.url(), NO_NAME, adjacent.url())) {
      bench.agora.poll(RECORDER);

      assertThat(bench.agora.poll(RECORDER)).isInstanceOf(Answer.Granted.class);
      assertThat(primary.asked()).hasSize(3);
      assertThat(adjacent.asked()).hasSize(3);
    }
  }

  @Test
  void aCallIsMadeEvenWhileEveryDomainRests() {
    try (var only = ScriptedAgora.polite().drops();
        var bench = Bench.on(only)) {
      for (int call = 0; call < 3; call++) {
        bench.agora.poll(RECORDER);
      }
      int before = only.asked().size();

      only.says(200, QUERIED);
      assertThat(bench.agora.poll(RECORDER)).isInstanceOf(Answer.Granted.class);
      assertThat(only.asked()).hasSizeGreaterThan(before);
    }
  }

  private static ScriptedAgora.Rudeness named(String name, ScriptedAgora.Rudeness rudeness) {
    return new ScriptedAgora.Rudeness() {
      @Override
      public void on(Socket socket) throws IOException, InterruptedException {
        rudeness.on(socket);
      }

      @Override
      public String toString() {
        return name;
      }
    };
  }

  private static void holds(Socket socket) throws IOException {
    int more = socket.getInputStream().read();
    assertThat(more).as("the caller hangs up without another word").isEqualTo(-1);
  }

  /// Every byte comes in time, the whole never.
  private static void drips(Socket socket) throws IOException, InterruptedException {
    write(socket, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"sid\":\"");
    var pace = new CountDownLatch(1);
    while (!pace.await(50, TimeUnit.MILLISECONDS)) {
      write(socket, "a");
    }
  }

  private static void headersForEver(Socket socket) throws IOException {
    write(socket, "HTTP/1.1 200 OK\r\n");
    for (int i = 0; ; i++) {
      write(socket, "X-More-" + i + ": " + "y".repeat(500) + "\r\n");
    }
  }
}
