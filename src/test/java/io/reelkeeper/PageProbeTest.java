package io.reelkeeper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.reelkeeper.page.PageLinks;
import io.reelkeeper.sandbox.recorder.Channel.Page;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The probe in a real browser, on a page of another origin than the service's.
class PageProbeTest {

  /// A browser on a busy machine; nothing is expected to take as long.
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /// The author's page tells the test what happens, and lets its time pass a hundred times faster.
  private static final String AUTHOR =
      """
      <script>
        const tell = what => navigator.sendBeacon('/told', what);
        const send = window.fetch, wait = window.setTimeout;
        window.setTimeout = (what, millis) => wait(what, millis / 100);
        window.fetch = (url, how) => send(url, how).then(answer => {
          tell(url.slice(url.lastIndexOf('/') + 1) + ' ' + answer.status);
          return answer;
        });
        window.addEventListener('error', () => tell('error'));
        window.addEventListener('unhandledrejection', () => tell('error'));
      </script>
      """;

  private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
  private World world;
  private HttpServer author;
  private volatile String room = "";

  @BeforeEach
  void open() throws IOException {
    world = World.fresh();
    author = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    author.createContext("/told", this::told);
    author.createContext("/login", it -> show(it, "<script>location.replace('/room')</script>"));
    author.createContext("/room", it -> show(it, room));
    author.start();
  }

  @AfterEach
  void close() {
    author.stop(0);
  }

  private void told(HttpExchange exchange) throws IOException {
    told.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
    exchange.sendResponseHeaders(204, -1);
    exchange.close();
  }

  private void show(HttpExchange exchange, String script) throws IOException {
    String probe = "<script src='" + world.url() + "/page/probe.js'></script>";
    byte[] page = ("<!doctype html>" + AUTHOR + probe + script).getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/html");
    exchange.sendResponseHeaders(200, page.length);
    exchange.getResponseBody().write(page);
    exchange.close();
  }

  private World.Recording recording() {
    world.sandbox().channel("board").page(Page.NOT_READY);
    World.Recording recording = world.startsPage("board", "");
    world.passesSeconds(10);
    assertThat(recording.status()).isEqualTo("recording");
    return recording;
  }

  private URI page(World.Recording recording, String path) {
    String url = "http://localhost:" + author.getAddress().getPort() + path;
    return URI.create(world.bean(PageLinks.class).reporting(url, recording.taskId(1)));
  }

  /// All that the page tells until it has told this so many times.
  private List<String> until(String last, int times) throws InterruptedException {
    List<String> all = new ArrayList<>();
    long end = System.nanoTime() + PATIENCE.toNanos();
    for (int seen = 0; seen < times; ) {
      String next = told.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (next == null) {
        throw new AssertionError("the page told only " + all);
      }
      all.add(next);
      seen += next.equals(last) ? 1 : 0;
    }
    return all;
  }

  @Test
  void aPageReportsItselfWhenItsAuthorSaysSo() throws InterruptedException {
    World.Recording recording = recording();
    // the address is left behind, by a new page and by the same one
    room =
        """
        <script>
          let asked = 0, well = 1;
          history.replaceState(null, '', '/elsewhere');
          navigator.notifyReady = () => tell('notified');
          window.reelkeeperReady = () => { tell('asked'); return ++asked > 2; };
          window.reelkeeperAlive = () => {
            if (well) return well-- > 0;
            tell('veto');
            return false;
          };
        </script>
        """;

    try (Chromium _ = Chromium.at(page(recording, "/login?class=7#board"))) {
      List<String> all = until("veto", 3);

      // What a page tells in the same moment may overtake each other on the way.
      assertThat(all)
          .containsExactlyInAnyOrder(
              "asked",
              "asked",
              "asked",
              "notified",
              "ready 204",
              "alive 204",
              "veto",
              "veto",
              "veto")
          .containsSubsequence("asked", "ready 204", "alive 204", "veto");
      assertThat(recording.rules()).contains("PAGE_READY", "PAGE_ALIVE");
    }
  }

  @Test
  void aPageWithoutHooksIsReadyWhenItHasLoadedAndTriesAgain() throws InterruptedException {
    World.Recording recording = recording();
    room = "<img src='/told'>";

    try (Chromium _ = Chromium.at(page(recording, "/room"))) {
      // the clock of the service stands still, so that the second report comes too soon
      assertThat(until("alive 429", 2)).contains("ready 204", "alive 204").doesNotContain("error");
      recording.stops();
      world.passesSeconds(1);
      assertThat(until("alive 410", 1)).doesNotContain("error");
    }
  }

  @Test
  void aPageThatIsNotRecordedReportsNothing() throws InterruptedException {
    room = "<script>addEventListener('load', () => wait(() => tell('done'), 500))</script>";

    URI plain = URI.create("http://localhost:" + author.getAddress().getPort() + "/room");
    try (Chromium _ = Chromium.at(plain)) {
      assertThat(until("done", 1)).containsExactly("done");
    }
  }
}
