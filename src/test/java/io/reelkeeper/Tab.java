package io.reelkeeper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A page in a real browser, used as a person does: by keys, clicks and looking.
///
/// It speaks the browser's own DevTools protocol; nothing is put between the page and the browser.
final class Tab implements AutoCloseable {

  /// A browser on a busy machine; nothing is expected to take as long.
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final HttpClient http = HttpClient.newHttpClient();
  private final JsonMapper json = JsonMapper.builder().build();
  private final Map<Integer, CompletableFuture<JsonNode>> asked = new ConcurrentHashMap<>();
  private final List<String> complaints = new CopyOnWriteArrayList<>();
  private final AtomicInteger last = new AtomicInteger();
  private final Chromium browser;
  private final WebSocket line;
  private JsonNode pointed = json.createObjectNode();

  private Tab(Chromium browser) {
    this.browser = browser;
    this.line = http.newWebSocketBuilder().buildAsync(page(browser.devTools()), new Ear()).join();
    call("Runtime.enable", Map.of());
    call("Log.enable", Map.of());
    call("Page.enable", Map.of());
  }

  static Tab at(URI page) {
    Chromium browser = Chromium.at(URI.create("about:blank"));
    try {
      Tab tab = new Tab(browser);
      tab.goes(page);
      return tab;
    } catch (RuntimeException e) {
      browser.close();
      throw e;
    }
  }

  private URI page(URI devTools) {
    URI list = URI.create("http://" + devTools.getAuthority() + "/json/list");
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      for (JsonNode target : json.readTree(get(list))) {
        if (target.path("type").asString().equals("page")) {
          return URI.create(target.path("webSocketDebuggerUrl").asString());
        }
      }
    }
    throw new AssertionError("the browser shows no page");
  }

  private String get(URI address) {
    try {
      return http.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString()).body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Answers and events, which may come in pieces.
  private final class Ear implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence piece, boolean end) {
      text.append(piece);
      if (end) {
        heard(json.readTree(text.toString()));
        text.setLength(0);
      }
      socket.request(1);
      return CompletableFuture.completedStage(null);
    }
  }

  private void heard(JsonNode said) {
    JsonNode params = said.path("params");
    switch (said.path("method").asString("")) {
      case "" -> {
        CompletableFuture<JsonNode> answer = asked.remove(said.path("id").asInt());
        if (answer != null) {
          answer.complete(said);
        }
      }
      case "Runtime.exceptionThrown" -> complaints.add(params.path("exceptionDetails").toString());
      case "Log.entryAdded" -> {
        JsonNode entry = params.path("entry");
        // an answer such as 401 is no mistake of the page
        if (entry.path("level").asString("").equals("error")
            && !entry.path("source").asString("").equals("network")) {
          complaints.add(entry.path("text").asString());
        }
      }
      default -> {}
    }
  }

  JsonNode call(String method, Map<String, ?> params) {
    int id = last.incrementAndGet();
    var answer = new CompletableFuture<JsonNode>();
    asked.put(id, answer);
    line.sendText(
            json.writeValueAsString(Map.of("id", id, "method", method, "params", params)), true)
        .join();
    return answer.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
  }

  Tab goes(URI page) {
    call("Page.navigate", Map.of("url", page.toString()));
    return until("document.readyState === 'complete' && location.href !== 'about:blank'");
  }

  Tab reloads() {
    return goes(URI.create(value("location.href")));
  }

  /// What an expression comes to, as text.
  String value(String script) {
    return evaluate("String(" + script + ")")
        .path("result")
        .path("result")
        .path("value")
        .asString("");
  }

  private JsonNode evaluate(String script) {
    return call(
        "Runtime.evaluate",
        Map.of("expression", script, "awaitPromise", true, "returnByValue", true));
  }

  /// Waits until an expression is true on whatever page there is then.
  Tab until(String script) {
    String soon = "new Promise(done => setTimeout(() => done(Boolean(%s)), 50))".formatted(script);
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      try {
        // a page that is left in between has no answer, and the next one is asked
        if (evaluate(soon).path("result").path("result").path("value").asBoolean(false)) {
          return this;
        }
      } catch (CompletionException _) {
        break;
      }
    }
    throw new AssertionError(
        "never came true: %s%non %s:%n%s".formatted(script, value("location.href"), text()));
  }

  Tab untilSays(String words) {
    return until("document.body.innerText.includes('%s')".formatted(words));
  }

  /// What a person can read.
  String text() {
    return value("document.body.innerText");
  }

  Tab types(String text) {
    call("Input.insertText", Map.of("text", text));
    return this;
  }

  /// @param key `Tab` or `Enter`
  Tab presses(String key) {
    boolean enter = key.equals("Enter");
    Map<String, Object> pressed =
        Map.of(
            "type", enter ? "keyDown" : "rawKeyDown",
            "key", key,
            "code", key,
            "windowsVirtualKeyCode", enter ? 13 : 9,
            "text", enter ? "\r" : "");
    call("Input.dispatchKeyEvent", pressed);
    call("Input.dispatchKeyEvent", Map.of("type", "keyUp", "key", key, "code", key));
    return this;
  }

  /// Goes on with the Tab key until what is meant has the focus.
  Tab tabsTo(String id) {
    for (int times = 0; times < 60; times++) {
      if (value("document.activeElement.id").equals(id)) {
        return this;
      }
      presses("Tab");
    }
    throw new AssertionError("the keyboard does not reach " + id);
  }

  /// Clicks with the mouse, in the middle of what the selector finds.
  Tab clicks(String selector) {
    return holds(selector).letsGo();
  }

  /// Presses the mouse's button there, and keeps it pressed.
  Tab holds(String selector) {
    // before that, what is yet to load may still move it
    until(
        "document.readyState === 'complete' && document.querySelector('%s') !== null"
            .formatted(selector));
    pointed =
        json.readTree(
            value(
                """
                (() => {
                  const it = document.querySelector('%s');
                  it.scrollIntoView({block: 'center'});
                  const box = it.getBoundingClientRect();
                  return JSON.stringify({x: box.x + box.width / 2, y: box.y + box.height / 2});
                })()
                """
                    .formatted(selector)));
    return mouse("mousePressed");
  }

  /// Releases the mouse's button where it was pressed.
  Tab letsGo() {
    return mouse("mouseReleased");
  }

  private Tab mouse(String type) {
    call(
        "Input.dispatchMouseEvent",
        Map.of(
            "type",
            type,
            "button",
            "left",
            "clickCount",
            1,
            "x",
            pointed.path("x").asDouble(),
            "y",
            pointed.path("y").asDouble()));
    return this;
  }

  /// Errors of scripts, and what the content security policy had to stop.
  List<String> complaints() {
    return List.copyOf(complaints);
  }

  @Override
  public void close() {
    line.abort();
    browser.close();
    http.close();
  }
}
