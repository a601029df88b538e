package io.reelkeeper.storage;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.reelkeeper.BucketServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;

/// Looks into real buckets, in both styles of address.
class S3BucketTest {

  private static final BucketServer server = BucketServer.inMemory("access", "secret");

  @BeforeAll
  static void bucket() {
    server.withBucket("recordings");
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @BeforeEach
  void empty() {
    server.heals();
    server.clear("recordings");
  }

  private static S3Bucket bucket(String name, String accessKey) {
    return new S3Bucket(
        name, new Address(server.endpoint(), "us-east-1", true), accessKey, "secret");
  }

  private static <T> T found(Seen<T> seen) {
    assertThat(seen).as(seen.problem()).isInstanceOf(Seen.Readable.class);
    return ((Seen.Readable<T>) seen).found();
  }

  private static List<Bucket.Stored> all(Bucket bucket, String prefix) {
    var objects = new ArrayList<Bucket.Stored>();
    String after = null;
    do {
      Bucket.Page page = found(bucket.list(prefix, after));
      objects.addAll(page.objects());
      after = page.next();
    } while (after != null);
    return objects;
  }

  @Test
  void manyObjectsAreListedAThousandAtATimeInOrderAndWithTheirSizes() {
    for (int i = 0; i < 2500; i++) {
      server.put("recordings", "lessons/sid_%04d.ts".formatted(i), new byte[i % 7]);
    }
    server.put("recordings", "other/sid_0000.ts", new byte[1]);
    server.forgetCalls();

    List<Bucket.Stored> found = all(bucket("recordings", "access"), "lessons/sid");

    assertThat(found).hasSize(2500).isSortedAccordingTo((a, b) -> a.key().compareTo(b.key()));
    assertThat(found.get(13)).isEqualTo(new Bucket.Stored("lessons/sid_0013.ts", 13 % 7));
    assertThat(server.calls("list")).isEqualTo(3);
    assertThat(server.calls("blobMetadata") + server.calls("getBlob")).isZero();
  }

  @Test
  void namesOfEveryKindComeBackAsTheyAre() {
    List<String> names = List.of("a b.ts", "a%20b.ts", "a&b<c>.ts", "a+b.ts", "ä無.ts");
    names.forEach(name -> server.put("recordings", "x/" + name, new byte[] {1}));

    assertThat(all(bucket("recordings", "access"), "x/"))
        .extracting(it -> it.key().substring(2))
        .containsExactlyInAnyOrderElementsOf(names);
  }

  @Test
  void anObjectIsReadUpToItsLimit() {
    server.put("recordings", "a.m3u8", "#EXTM3U\n".getBytes(UTF_8));
    Bucket bucket = bucket("recordings", "access");

    assertThat(found(bucket.read("a.m3u8", 100, InputStream::readAllBytes)))
        .asString()
        .isEqualTo("#EXTM3U\n");
    assertThat(bucket.read("a.m3u8", 4, InputStream::readAllBytes))
        .isInstanceOf(Seen.Unreachable.class);
    assertThat(bucket.read("b.m3u8", 4, InputStream::readAllBytes)).isInstanceOf(Seen.Absent.class);
  }

  @Test
  void whyThereIsNothingToSeeIsAValue() {
    assertThat(bucket("recordings", "stranger").list("", null)).isInstanceOf(Seen.Forbidden.class);
    assertThat(bucket("nowhere", "access").list("", null)).isInstanceOf(Seen.NoBucket.class);
    assertThat(bucket("recordings", "access").probe()).isInstanceOf(Seen.Readable.class);

    Bucket gone =
        new S3Bucket(
            "recordings",
            new Address(URI.create("http://127.0.0.1:1"), "us-east-1", true),
            "access",
            "secret");
    assertThat(gone.list("", null)).isInstanceOf(Seen.Unreachable.class);
  }

  @ParameterizedTest
  @CsvSource({"403, Forbidden", "503, Unreachable", "500, Unreachable"})
  void aStoreThatFailsHoldsNothingAgainstItsObjects(int status, String outcome) {
    server.put("recordings", "a.ts", new byte[1]);
    server.fails("list", status);

    assertThat(bucket("recordings", "access").list("", null).getClass().getSimpleName())
        .isEqualTo(outcome);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "<html><body>welcome</body></html>", "{}", "<ListBucketResult/>"})
  void whatAnswersAndIsNoStoreHasListedNothing(String body) throws IOException {
    HttpServer web =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    web.createContext(
        "/",
        exchange -> {
          byte[] bytes = body.getBytes(UTF_8);
          exchange.sendResponseHeaders(200, bytes.length == 0 ? -1 : bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    web.start();
    try (S3Bucket bucket = impatient(web.getAddress().getPort())) {
      assertThat(bucket.list("", null)).isInstanceOf(Seen.Unreachable.class);
    } finally {
      web.stop(0);
    }
  }

  @Test
  void aStoreThatNeverAnswersIsGivenUp() throws IOException {
    try (var silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        S3Bucket bucket = impatient(silent.getLocalPort())) {
      assertThat(bucket.list("", null)).isInstanceOf(Seen.Unreachable.class);
      assertThat(bucket.read("a.m3u8", 100, InputStream::readAllBytes))
          .isInstanceOf(Seen.Unreachable.class);
    }
  }

  /// One byte now and then keeps a connection from timing out, and not the look.
  @Test
  void aStoreThatTricklesIsGivenUp() throws Exception {
    try (var trickling = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        S3Bucket bucket = impatient(trickling.getLocalPort());
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      threads.submit(
          () -> {
            while (true) {
              var line = trickling.accept();
              threads.submit(() -> trickle(line));
            }
          });
      assertThat(bucket.list("", null)).isInstanceOf(Seen.Unreachable.class);
      assertThat(bucket.read("a.m3u8", 1 << 20, InputStream::readAllBytes))
          .isInstanceOf(Seen.Unreachable.class);
      trickling.close();
      threads.shutdownNow();
    }
  }

  private static Object trickle(Socket line) throws IOException, InterruptedException {
    try (line) {
      line.getOutputStream()
          .write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n".getBytes(UTF_8));
      var never = new CountDownLatch(1);
      while (!never.await(20, TimeUnit.MILLISECONDS)) {
        line.getOutputStream().write(' ');
      }
      return line;
    }
  }

  private static S3Bucket impatient(int port) {
    return new S3Bucket(
        "recordings",
        new Address(URI.create("http://127.0.0.1:" + port), "us-east-1", true),
        AwsBasicCredentials.create("access", "secret"),
        new S3Bucket.Patience(
            Duration.ofMillis(300), Duration.ofMillis(700), Duration.ofMillis(700)));
  }

  /// Where it sends us, nobody has allowed; and the request is signed with keys of the profile.
  @Test
  void aStoreThatRedirectsIsNotFollowed() throws IOException {
    var asked = new AtomicInteger();
    HttpServer other = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    other.createContext(
        "/",
        exchange -> {
          asked.incrementAndGet();
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    HttpServer store = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    store.createContext(
        "/",
        exchange -> {
          exchange
              .getResponseHeaders()
              .set("Location", "http://127.0.0.1:" + other.getAddress().getPort() + "/");
          exchange.sendResponseHeaders(307, -1);
          exchange.close();
        });
    other.start();
    store.start();
    try {
      var address =
          new Address(
              URI.create("http://127.0.0.1:" + store.getAddress().getPort()), "us-east-1", true);

      assertThat(new S3Bucket("recordings", address, "access", "secret").list("", null))
          .isNotInstanceOf(Seen.Readable.class);
      assertThat(asked).hasValue(0);
    } finally {
      store.stop(0);
      other.stop(0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"169.254.169.254", "100.100.100.200", "168.63.129.16", "[fd00:ec2::254]"})
  void aMetadataAddressIsNotAsked(String host) {
    Bucket bucket =
        new S3Bucket(
            "recordings",
            new Address(URI.create("http://" + host), "us-east-1", true),
            "access",
            "secret");

    assertThat(bucket.list("", null).problem()).contains("UnknownHostException");
  }

  @Test
  void aLinkReadsOneObjectWithoutKeys() throws Exception {
    server.put("recordings", "lessons/a b.ts", new byte[] {1, 2, 3});

    URI link = bucket("recordings", "access").link("lessons/a b.ts").orElseThrow();

    assertThat(link.getQuery()).contains("X-Amz-Expires=900");
    assertThat(get(link).body()).containsExactly(1, 2, 3);
    assertThat(get(URI.create(link.toString().replace("a%20b", "c"))).statusCode()).isEqualTo(403);
  }

  @Test
  void aBucketMayStandInTheName() throws Exception {
    try (BucketServer other = BucketServer.virtualHosted("access", "secret")) {
      other.withBucket("recordings");
      other.put("recordings", "lessons/a.ts", new byte[5]);
      var address =
          new Address(
              URI.create("http://localhost:" + other.endpoint().getPort()), "us-east-1", false);
      Bucket bucket = new S3Bucket("recordings", address, "access", "secret");

      assertThat(all(bucket, "lessons/")).containsExactly(new Bucket.Stored("lessons/a.ts", 5));
      assertThat(bucket.link("lessons/a.ts").orElseThrow().getHost())
          .isEqualTo("recordings.localhost");
    }
  }

  @Test
  void manyLooksAtOnceWaitForEachOther() throws InterruptedException, ExecutionException {
    server.put("recordings", "a.ts", new byte[1]);
    Bucket bucket = bucket("recordings", "access");
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var looks = new ArrayList<java.util.concurrent.Future<Seen<Bucket.Page>>>();
      for (int i = 0; i < 100; i++) {
        looks.add(threads.submit(() -> bucket.list("a", null)));
      }
      for (var look : looks) {
        assertThat(found(look.get()).objects()).hasSize(1);
      }
    }
  }

  private static HttpResponse<byte[]> get(URI link) throws Exception {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(link).build(), HttpResponse.BodyHandlers.ofByteArray());
  }
}
