package io.reelkeeper.api;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.web.reactive.server.WebTestClient;

/// What no client library would send, byte by byte.
@ApiTest
final class HostileRequestsTest {

  private static final Pattern ANSWER = Pattern.compile("HTTP/1\\.1 (\\d{3})");

  private static final int BLOCK = 4096;

  private static final String KEY = "Authorization: Bearer " + ApiTest.OPERATE + "\r\n";

  /// A whole request, hidden behind another one.
  private static final String SMUGGLED = "GET /problems HTTP/1.1\r\nHost: x\r\n\r\n";

  private final WebTestClient http;
  private final int port;

  HostileRequestsTest(@Autowired WebTestClient http, @LocalServerPort int port) {
    this.http = http;
    this.port = port;
  }

  /// Everything that comes back until the service closes the connection.
  private String said(byte[] sent) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(60_000);
      socket.getOutputStream().write(sent);
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }
  }

  private String said(String sent) throws IOException {
    return said(sent.getBytes(ISO_8859_1));
  }

  private String get(String path, String headers) throws IOException {
    return said(request(path, "Connection: close\r\n" + headers));
  }

  private static String request(String path, String headers) {
    return "GET " + path + " HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n";
  }

  private static long answers(String said) {
    return ANSWER.matcher(said).results().count();
  }

  private static int status(String said) {
    var answer = ANSWER.matcher(said);
    assertThat(answer.find()).as(said).isTrue();
    return Integer.parseInt(answer.group(1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n",
        "Content-Length: 0\r\nContent-Length: 44\r\n\r\n",
        "Content-Length: +5\r\n\r\n{\"a\":",
        "Content-Length: -5\r\n\r\n",
        "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n0\n\n",
      })
  void whatTwoServersCouldReadDifferentlyIsRefused(String lengths) throws IOException {
    String said =
        said(
            "POST /v1/sessions HTTP/1.1\r\nHost: x\r\n"
                + KEY
                + "Content-Type: application/json\r\n"
                + lengths
                + SMUGGLED);

    assertThat(answers(said)).as(said).isEqualTo(1);
    assertThat(status(said)).isEqualTo(400);
  }

  /// A second request that comes before the first is answered, and is itself answered without a
  /// thread of its own, left its connection unread in some releases of the server.
  @Test
  void aConnectionIsReadOnAfterRequestsThatCameTogether() throws IOException {
    String allowed = request("/v1/sessions", KEY);
    String refused = request("/v1/sessions", "");
    String last = request("/v1/sessions", "Connection: close\r\n" + KEY);
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(60_000);
      socket.getOutputStream().write((allowed + refused).getBytes(ISO_8859_1));
      var said = new StringBuilder();
      var read = new byte[BLOCK];
      while (answers(said.toString()) < 2) {
        said.append(new String(read, 0, socket.getInputStream().read(read), ISO_8859_1));
      }

      socket.getOutputStream().write(last.getBytes(ISO_8859_1));
      said.append(new String(socket.getInputStream().readAllBytes(), ISO_8859_1));

      assertThat(ANSWER.matcher(said).results().map(it -> it.group(1)))
          .containsExactly("200", "401", "200");
    }
  }

  @Test
  void twoKeysAreNone() throws IOException {
    assertThat(status(get("/v1/sessions", KEY))).isEqualTo(200);
    assertThat(status(get("/v1/sessions", KEY + KEY))).isEqualTo(401);
    assertThat(status(get("/v1/sessions", KEY + "Authorization: Basic eDp5\r\n"))).isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "//v1/sessions",
        "/v1//sessions",
        "/V1/sessions",
        "/%76%31/sessions",
        "/v1%2fsessions",
        "/x/../v1/sessions",
        "/docs/../v1/sessions",
        "/./v1/sessions",
        "/v1;x/sessions",
        "/v1/sessions/",
        "/v1/sessions.json",
        "/v1/sessions%20",
        "/\\v1\\sessions",
        "/webjars/..%2f..%2fapplication.yaml",
        "/webjars/%2e%2e/%2e%2e/application.yaml",
        "/webjars/../application.yaml",
        "/swagger-ui/../application.yaml",
        "/webhooks/agora/..",
        "http://evil.example/v1/sessions",
      })
  void pathsThatClimbOrHideLeadNowhere(String path) throws IOException {
    assertThat(status(get(path, ""))).isIn(400, 401, 404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "app=' or 1=1 --",
        "channel='; drop table session; --",
        "label=a':b'",
        "label=\":\"",
        "channel=%",
        "channel=_",
      })
  void filtersAreValuesAndNothingElse(String filter) {
    String[] pair = filter.split("=", 2);
    http.get()
        .uri(uri -> uri.path("/v1/sessions").queryParam(pair[0], "{value}").build(pair[1]))
        .headers(headers -> headers.setBearerAuth(ApiTest.ADMIN))
        .exchange()
        .expectStatus()
        .isOk()
        .expectBody()
        .jsonPath("$.items")
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"status", "since", "until", "cursor", "limit"})
  void whatIsNoValueOfAFilterIsRefused(String name) {
    for (String value : new String[] {"'", "\0", "1e9", "' union select 1 --", "\uFFFF"}) {
      http.get()
          .uri(uri -> uri.path("/v1/sessions").queryParam(name, "{value}").build(value))
          .headers(headers -> headers.setBearerAuth(ApiTest.ADMIN))
          .exchange()
          .expectStatus()
          .isBadRequest();
    }
  }

  /// Each is what a careless pattern needs exponential time for.
  @ParameterizedTest
  @ValueSource(strings = {"aaaaaaaa!", "a:b ", "0.0.0.0.", "::::", "((((", "__uid_s_1_1"})
  void longValuesAreAnsweredAtOnce(String piece) throws IOException {
    String value = piece.replace(" ", "%20").repeat(3000 / piece.length() / 3);
    for (String path :
        new String[] {
          "/v1/sessions?channel=",
          "/v1/sessions?label=",
          "/v1/events?type=",
          "/page/",
          "/v1/sessions/"
        }) {
      if (!path.startsWith("/v1/events")) {
        assertThat(status(get(path + value, KEY))).isIn(200, 400, 404);
      }
    }
    assertThat(status(get("/v1/events?type=" + value, KEY))).isEqualTo(400);
    assertThat(
            status(get("/v1/sessions", "Prefer: wait=" + value.replace("%20", "") + "\r\n" + KEY)))
        .isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/sessions/x%0d%0aSet-Cookie:%20a=b",
        "/problems/x%0d%0aSet-Cookie:%20a=b",
        "/page/x%0d%0aSet-Cookie:%20a=b/ready",
      })
  void lineEndsReachNoHeader(String path) throws IOException {
    assertThat(get(path, KEY).lines()).noneMatch(line -> line.startsWith("Set-Cookie"));
    assertThat(status(get("/v1/sessions", KEY + "X-A: b\rSet-Cookie: a=b\r\n"))).isEqualTo(400);
  }

  /// An encoded letter changes no limit.
  @Test
  void anotherSpellingOfAPathHasTheSameLimits() throws IOException {
    String said =
        said(
            "POST /%76%31/sessions HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                + KEY
                + "Content-Type: application/json\r\nContent-Length: 70000\r\n\r\n");

    assertThat(status(said)).isEqualTo(413);
    assertThat(said).contains("Cache-Control: no-store\r\n");
  }

  @Test
  void aCompressedBodyIsNotInflated() throws IOException {
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write(new byte[20 * 1024 * 1024]);
    }
    var request = new ByteArrayOutputStream();
    request.write(
        ("POST /v1/sessions HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                + KEY
                + "Content-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: "
                + packed.size()
                + "\r\n\r\n")
            .getBytes(ISO_8859_1));
    request.write(packed.toByteArray());

    assertThat(status(said(request.toByteArray()))).isEqualTo(400);
  }
}
