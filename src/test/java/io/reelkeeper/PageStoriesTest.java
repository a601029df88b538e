package io.reelkeeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.reelkeeper.page.PageLinks;
import io.reelkeeper.sandbox.Ledger;
import io.reelkeeper.sandbox.recorder.Channel.Page;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// How recorded web pages report themselves, what their silence leads to, and how they end.
class PageStoriesTest {

  private static final HttpClient BROWSER = HttpClient.newHttpClient();

  private World world;

  @BeforeEach
  void world() {
    world = World.fresh();
  }

  private World.Recording recording(String web) {
    World.Recording page = world.startsPage("board", web);
    world.passesSeconds(10);
    assertThat(page.status()).isEqualTo("recording");
    return page;
  }

  // --- ready and alive

  @Test
  void aPageThatReportsItselfIsRecordedOnAndOn() {
    World.Recording page = recording("");

    world.passes(Duration.ofMinutes(10));

    assertThat(page.tasks()).isEqualTo("live/requested");
    assertThat(page.rules()).contains("PAGE_READY", "PAGE_ALIVE");
    assertThat(world.recorders()).hasSize(1);
  }

  @Test
  void aPageThatIsNotReadyWithinAMinuteOfTheSidIsRecordedAnew() {
    world.sandbox().channel("board").page(Page.NOT_READY);
    World.Recording page = world.startsPage("board", "");
    world.passesSeconds(59);
    assertThat(page.tasks()).isEqualTo("live/requested");

    world.passesSeconds(1);
    assertThat(page.tasks()).startsWith("live/requested").endsWith("/page-not-ready");
    world.sandbox().channel("board").page(Page.OPENS);
    world.passesSeconds(30);

    assertThat(page.tasks()).isEqualTo("ended/requested live/page-not-ready");
    assertThat(page.status()).isEqualTo("recording");
    assertThat(world.running()).hasSize(1);
    world.passes(Duration.ofMinutes(5));
    assertThat(world.recorders()).hasSize(2);
  }

  @Test
  void aPageThatIsSilentForThreeIntervalsIsRecordedAnew() {
    World.Recording page = recording("");
    world.sandbox().channel("board").page(Page.SILENT);
    world.passesSeconds(30);
    assertThat(page.tasks()).isEqualTo("live/requested");

    world.passesSeconds(30);
    assertThat(page.tasks()).contains("/page-silent");
    world.sandbox().channel("board").page(Page.OPENS);
    world.passesSeconds(30);

    assertThat(page.tasks()).isEqualTo("ended/requested live/page-silent");
    assertThat(world.recorders().stream().map(Ledger.Recording::uid).distinct()).hasSize(2);
    world.passes(Duration.ofMinutes(5));
    assertThat(world.recorders()).hasSize(2);
  }

  @Test
  void aPageWithoutProbeIsNotWaitedFor() {
    HttpResponse<String> answer =
        world.post(
            "/v1/sessions",
            """
            {"app": "classroom", "channel": "board", "mode": "web", "storage": "primary",
             "web": {"url": "http://127.0.0.1:1/room"}}
            """);
    assertThat(answer.statusCode()).isEqualTo(202);

    world.passes(Duration.ofMinutes(5));

    assertThat(world.recorders()).hasSize(1);
  }

  // --- ends

  @ParameterizedTest
  @CsvSource({"UNREACHABLE, 30", "START_FAILED, 30", "TOO_DEMANDING, 30"})
  void aRecorderThatGivesUpIsReplaced(Page trouble, int seconds) {
    world.sandbox().channel("board").page(trouble);
    World.Recording page = world.startsPage("board", "");
    world.passesSeconds(6);
    world.sandbox().channel("board").page(Page.OPENS);
    world.passesSeconds(seconds);

    assertThat(page.tasks()).isEqualTo("ended/requested live/web-recorder-stopped");
    assertThat(page.status()).isEqualTo("recording");
    assertThat(world.recorders()).hasSize(2);
  }

  @Test
  void aPageThatNeverCallsAgorasFunctionIsReloadedThenReplaced() {
    world.sandbox().channel("board").page(Page.NEVER_READY);
    World.Recording page = world.startsPage("board", "\"readyTimeout\": 10");
    world.passesSeconds(20);
    assertThat(timeline(page))
        .contains("web_recorder_reload")
        .doesNotContain("page_load_timeout\",\"code");
    world.passesSeconds(6);
    world.sandbox().channel("board").page(Page.OPENS);
    world.passesSeconds(30);

    assertThat(page.tasks()).isEqualTo("ended/requested live/web-recorder-stopped");
  }

  @Test
  void aStopBySomebodyElseEndsTheSession() {
    World.Recording page = recording("");

    world.sandbox().stop("board");
    world.passesSeconds(30);

    assertThat(page.status()).isEqualTo("stopped");
    assertThat(page.reason()).isEqualTo("web-recorder-ended");
    assertThat(world.recorders()).hasSize(1);
  }

  @Test
  void aPageIsRecordedForItsHoursAndNotLonger() {
    World.Recording page = recording("\"maxRecordingHour\": 1");

    world.passes(Duration.ofMinutes(61));

    assertThat(page.status()).isEqualTo("stopped");
    assertThat(page.reason()).isEqualTo("max-recording-hour");
    assertThat(world.recorders()).hasSize(1);
  }

  @Test
  void whatAgoraSaysOfAPageIsOnTheTimeline() {
    World.Recording page = recording("");

    world.sandbox().reload("board");
    world.passesSeconds(1);
    world.sandbox().channel("board").page(Page.TOO_DEMANDING);
    world.passesSeconds(1);

    assertThat(timeline(page)).contains("audio_silence", "WebGL", "capability_limit");
  }

  private String timeline(World.Recording page) {
    return world.get("/v1/sessions/" + page.id + "/timeline?limit=200").body();
  }

  // --- who may report

  @Test
  void aReportIsTakenFromAForeignOriginWithoutCredentials() {
    World.Recording page = unready();

    HttpResponse<String> answer = report(address(page), "/ready", "POST", "https://lms.example");

    assertThat(answer.statusCode()).isEqualTo(204);
    assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).hasValue("*");
    assertThat(answer.headers().firstValue("Access-Control-Allow-Credentials")).isEmpty();
    assertThat(page.rules()).contains("PAGE_READY");
  }

  @Test
  void aPreflightIsAnsweredForReportsAlone() {
    World.Recording page = unready();

    HttpResponse<String> reports = preflight(address(page) + "/alive");
    HttpResponse<String> api = preflight(world.url() + "/v1/sessions");

    assertThat(reports.statusCode()).isEqualTo(200);
    assertThat(reports.headers().firstValue("Access-Control-Allow-Origin")).hasValue("*");
    assertThat(reports.headers().firstValue("Access-Control-Allow-Methods")).hasValue("POST");
    assertThat(reports.headers().firstValue("Access-Control-Allow-Credentials")).isEmpty();
    assertThat(api.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"first", "last", "middle", "short", "long", "none", "strange"})
  void aWrongTokenHasNoEffect(String how) {
    World.Recording page = unready();
    String right = token(page);
    int half = right.length() / 2;
    String wrong =
        switch (how) {
          case "first" -> other(right.charAt(0)) + right.substring(1);
          case "last" -> right.substring(0, right.length() - 1) + other(right.charAt(47));
          case "middle" ->
              right.substring(0, half) + other(right.charAt(half)) + right.substring(half + 1);
          case "short" -> right.substring(1);
          case "long" -> right + "A";
          case "none" -> "x";
          default -> "%C3%A4".repeat(48);
        };
    double before = counted("wrong-token");

    HttpResponse<String> answer =
        report(world.url() + "/page/" + wrong, "/ready", "POST", "https://lms.example");

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).doesNotContain(wrong);
    assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).hasValue("*");
    assertThat(counted("wrong-token") - before).isEqualTo(1);
    assertThat(page.rules()).doesNotContain("PAGE_READY");
  }

  private static char other(char c) {
    return c == 'A' ? 'B' : 'A';
  }

  @Test
  void aFloodIsRefusedWithoutEffect() {
    World.Recording page = unready();
    assertThat(report(address(page), "/ready", "POST", "null").statusCode()).isEqualTo(204);
    assertThat(report(address(page), "/alive", "POST", "null").statusCode()).isEqualTo(204);
    List<String> rules = page.rules();

    for (int i = 0; i < 50; i++) {
      HttpResponse<String> answer = report(address(page), "/alive", "POST", "null");
      assertThat(answer.statusCode()).isEqualTo(429);
      assertThat(answer.headers().firstValue("Retry-After")).hasValue("1");
    }

    assertThat(page.rules()).isEqualTo(rules);
    world.passesSeconds(1);
    assertThat(report(address(page), "/alive", "POST", "null").statusCode()).isEqualTo(204);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "PUT", "DELETE", "HEAD"})
  void onlyAPostIsAReport(String method) {
    World.Recording page = unready();

    HttpResponse<String> answer = report(address(page), "/ready", method, "https://lms.example");

    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("Allow")).hasValue("POST");
    assertThat(page.rules()).doesNotContain("PAGE_READY");
  }

  @Test
  void aLongBodyIsNotWaitedFor() throws IOException {
    String path = URI.create(address(unready())).getPath();

    try (Socket line = new Socket("127.0.0.1", world.url().getPort())) {
      line.setSoTimeout(10_000);
      String head = "POST %s/ready HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\nabc";
      line.getOutputStream().write(head.formatted(path).getBytes(StandardCharsets.US_ASCII));
      line.getOutputStream().flush();
      String answer = new String(line.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

      assertThat(answer).startsWith("HTTP/1.1 413");
    }
  }

  @Test
  void aPageWhoseRecordingIsOverIsToldSoAndLeavesNoTrace() {
    World.Recording page = recording("");
    page.stops();
    List<String> rules = page.rules();

    assertThat(report(address(page), "/alive", "POST", "null").statusCode()).isEqualTo(410);

    assertThat(page.rules()).isEqualTo(rules);
  }

  // --- the address

  @Test
  void theTokenIsInNoCallNoTimelineAndNoAnswer() {
    World.Recording page = recording("");

    assertThat(world.get("/v1/sessions/" + page.id + "/calls?limit=200").body())
        .contains("web_recorder_service", "http://127.0.0.1:1/room?fp:")
        .doesNotContain(token(page));
    assertThat(timeline(page)).doesNotContain(token(page));
    assertThat(page.shown().toString()).doesNotContain(token(page));
  }

  @ParameterizedTest
  @CsvSource({
    "https://x.example,            https://x.example?reelkeeper=,            ''",
    "https://x.example/a?b=c%20d,  https://x.example/a?b=c%20d&reelkeeper=,  ''",
    "https://x.example/a?,         https://x.example/a?reelkeeper=,          ''",
    "https://x.example/a?b&#/c?d,  https://x.example/a?b&reelkeeper=,        #/c?d",
    "https://x.example/#top,       https://x.example/?reelkeeper=,           #top",
  })
  void theAuthorsQueryAndFragmentStayAsTheyAre(String url, String begin, String end) {
    World.Recording page = unready();

    String link = world.bean(PageLinks.class).reporting(url, page.taskId(1));

    assertThat(link).startsWith(begin).endsWith(end).isEqualTo(begin + encoded(page) + end);
    assertThat(world.bean(PageLinks.class).reporting(url, page.taskId(2))).isNotEqualTo(link);
  }

  private String encoded(World.Recording page) {
    return address(page).replace(":", "%3A").replace("/", "%2F");
  }

  @Test
  void anAddressThatHasTheParameterAlreadyIsRefused() {
    HttpResponse<String> answer =
        world.post(
            "/v1/sessions",
            """
            {"app": "classroom", "channel": "board", "mode": "web", "storage": "primary",
             "web": {"url": "https://x.example/?a=b&reelkeeper=c"}, "page": {"probe": true}}
            """);

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("\"pointer\":\"/web/url\"");
    assertThat(world.recorders()).isEmpty();
  }

  @Test
  void theProbeIsSmallCachedAndForEveryOrigin() {
    HttpResponse<String> answer = exchange(HttpRequest.newBuilder(probe()).build());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type").orElse(""))
        .isEqualTo("text/javascript;charset=UTF-8");
    assertThat(answer.headers().firstValue("Cache-Control")).hasValue("max-age=3600, public");
    assertThat(answer.headers().firstValue("Cross-Origin-Resource-Policy"))
        .hasValue("cross-origin");
    assertThat(answer.body().getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(2048);
    assertThat(answer.body()).contains("every = 15000");
    String tag = answer.headers().firstValue("ETag").orElse("");
    assertThat(
            exchange(HttpRequest.newBuilder(probe()).header("If-None-Match", tag).build())
                .statusCode())
        .isEqualTo(304);
  }

  private URI probe() {
    return world.url().resolve("/page/probe.js");
  }

  // --- workers

  @Test
  void pagesHaveRecordersOfTheirOwnBySize() {
    String sd = "\"videoWidth\": 360, \"videoHeight\": 640";
    String hd = "\"videoWidth\": 1280, \"videoHeight\": 720";
    String fhd = "\"videoWidth\": 1920, \"videoHeight\": 1080";
    starts("narrow", "a", fhd);
    starts("narrow", "b", fhd);
    assertThat(refused("narrow", "c", fhd)).contains("All 2 FHD (above 1280x720) web page");
    starts("narrow", "c", hd);
    assertThat(refused("narrow", "d", hd)).contains("All 3 HD (up to 1280x720) and larger");
    starts("narrow", "d", sd);
    assertThat(refused("narrow", "e", sd)).contains("All 4 SD (up to 640x360) and larger");
    assertThat(world.running()).hasSize(4);

    String quota = world.get("/v1/apps/narrow/quota").body();
    assertThat(quota)
        .contains("\"sd\":{\"limit\":4,\"inUse\":1}", "\"hd\":{\"limit\":3,\"inUse\":1}")
        .contains("\"fhd\":{\"limit\":2,\"inUse\":2}", "\"workers\":{\"limit\":2,\"inUse\":0");
  }

  private void starts(String app, String name, String web) {
    assertThat(world.asksForPage(app, name, web).statusCode()).isEqualTo(202);
    world.settle();
  }

  private String refused(String app, String name, String web) {
    HttpResponse<String> answer = world.asksForPage(app, name, web);
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("Retry-After")).isPresent();
    return answer.body();
  }

  // --- a browser without a screen

  /// A recording whose page says nothing by itself.
  private World.Recording unready() {
    world.sandbox().channel("board").page(Page.NOT_READY);
    return recording("");
  }

  private String address(World.Recording page) {
    return world.url() + "/page/" + token(page);
  }

  private String token(World.Recording page) {
    String link = world.bean(PageLinks.class).reporting("http://x/", page.taskId(1));
    String back = URLDecoder.decode(link.substring(link.indexOf('=') + 1), StandardCharsets.UTF_8);
    return back.substring(back.lastIndexOf('/') + 1);
  }

  private double counted(String result) {
    return world
        .bean(io.micrometer.core.instrument.MeterRegistry.class)
        .find("reelkeeper.page.reports")
        .tag("result", result)
        .counters()
        .stream()
        .mapToDouble(io.micrometer.core.instrument.Counter::count)
        .sum();
  }

  private HttpResponse<String> report(String address, String what, String method, String origin) {
    return exchange(
        HttpRequest.newBuilder(URI.create(address + what))
            .header("Origin", origin)
            .method(method, BodyPublishers.noBody())
            .build());
  }

  private HttpResponse<String> preflight(String address) {
    return exchange(
        HttpRequest.newBuilder(URI.create(address))
            .header("Origin", "https://lms.example")
            .header("Access-Control-Request-Method", "POST")
            .header("Access-Control-Request-Headers", "content-type")
            .method("OPTIONS", BodyPublishers.noBody())
            .build());
  }

  private static HttpResponse<String> exchange(HttpRequest request) {
    try {
      return BROWSER.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
