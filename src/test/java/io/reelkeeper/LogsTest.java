package io.reelkeeper;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.reelkeeper.outbox.Courier;
import io.reelkeeper.sandbox.Faults.Fault;
import io.reelkeeper.sandbox.Faults.Operation;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.boot.logging.logback.StructuredLogEncoder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What the log says, and what it never says.
final class LogsTest {

  private static final List<String> SECRETS =
      List.of(
          "token-of-17-9f3b",
          "token-of-18-77aa",
          "channel-key-5d1c",
          "c2FsdC1zYWx0LXNhbHQtc2FsdC1zYWx0LXNhbHQtMzI=",
          World.KEY,
          "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", // encrypts secrets of sessions
          "a2V5OnNlY3JldA==", // opens Agora
          "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3", // signs webhooks
          "webhook-secret");

  private static final String REQUEST =
      """
      "uid": "17", "backupUid": "18",
      "tokens": {"17": "token-of-17-9f3b", "18": "token-of-18-77aa"},
      "recording": {"channelType": 1, "decryptionMode": 7, "secret": "channel-key-5d1c",
        "salt": "c2FsdC1zYWx0LXNhbHQtc2FsdC1zYWx0LXNhbHQtMzI="}\
      """;

  private static final class Lines extends AppenderBase<ILoggingEvent> {
    final List<ILoggingEvent> all = new CopyOnWriteArrayList<>();

    @Override
    protected void append(ILoggingEvent event) {
      event.prepareForDeferredProcessing();
      all.add(event);
    }
  }

  private final LoggerContext logging = (LoggerContext) LoggerFactory.getILoggerFactory();
  private final Lines lines = new Lines();
  private World world;

  @BeforeEach
  void listen() {
    world = World.fresh();
    world.bean(Courier.class).runDue(); // subscribers are told what happens from now on
    logging.getLogger("io.reelkeeper").setLevel(Level.DEBUG);
    lines.setContext(logging);
    lines.start();
    logging.getLogger(Logger.ROOT_LOGGER_NAME).addAppender(lines);
  }

  @AfterEach
  void stopListening() {
    logging.getLogger(Logger.ROOT_LOGGER_NAME).detachAppender(lines);
    logging.getLogger("io.reelkeeper").setLevel(null);
  }

  @Test
  void noSecretOfAStartIsInIt() {
    world.faults().on(Operation.START, Fault.dropAfterWork());
    World.Recording lesson = world.starts("math-101", REQUEST);
    world.passesSeconds(30);
    world.bean(Courier.class).runDue();
    lesson.stops();
    world.passesSeconds(30);

    assertThat(lines.all).isNotEmpty();
    assertThat(lines.all)
        .allSatisfy(line -> assertThat(json(line).toString()).doesNotContain(SECRETS));
  }

  @Test
  void aLineSaysWhichSessionItConcerns() {
    String session = world.starts("math-101").id.toString();
    world.bean(Courier.class).runDue();

    ILoggingEvent line =
        lines.all.stream()
            .filter(it -> it.getFormattedMessage().contains("did not take event"))
            .findFirst()
            .orElseThrow();
    assertThat(json(line).path("session").asString("")).isEqualTo(session);
  }

  /// As `logging.structured.format.console=ecs` writes it.
  private JsonNode json(ILoggingEvent event) {
    var encoder = new StructuredLogEncoder();
    encoder.setContext(logging);
    encoder.setFormat("ecs");
    encoder.start();
    return JsonMapper.shared().readTree(new String(encoder.encode(event), StandardCharsets.UTF_8));
  }
}
