package io.reelkeeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.sdk.trace.data.SpanData;
import io.reelkeeper.outbox.Courier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What is done for a session is found in traces, from the request to the webhook.
final class TracesTest {

  private World world;
  private RecordedSpans spans;

  @BeforeEach
  void begin() {
    world = World.fresh();
    spans = world.bean(RecordedSpans.class);
    world.bean(Courier.class).runDue(); // subscribers are told what happens from now on
    spans.record();
  }

  @Test
  void oneStartIsFoundFromTheRequestToTheWebhookByItsSession() {
    String session = world.starts("math-101").id.toString();
    world.passesSeconds(5);
    world.bean(Courier.class).runDue();

    SpanData request = spans.named("http post /v1/sessions").getFirst();
    SpanData walk = spans.named("walk START").getFirst();
    SpanData webhook = spans.named("webhook task.started").getFirst();
    assertThat(RecordedSpans.session(request)).isEqualTo(session);
    assertThat(RecordedSpans.session(walk)).isEqualTo(session);
    assertThat(RecordedSpans.session(webhook)).isEqualTo(session);
    assertThat(spans.named("walk QUERY")).isNotEmpty();
  }

  @Test
  void callsToAgoraBelongToTheWalkThatMadeThem() {
    world.starts("math-101");

    SpanData walk = spans.named("walk START").getFirst();
    assertThat(spans.named("agora acquire"))
        .singleElement()
        .satisfies(call -> assertThat(call.getParentSpanId()).isEqualTo(walk.getSpanId()));
    SpanData start = spans.named("agora start").getFirst();
    assertThat(start.getParentSpanId()).isEqualTo(walk.getSpanId());
    assertThat(start.getTraceId()).isEqualTo(walk.getTraceId());
    assertThat(start.getAttributes().asMap().toString()).contains("granted").contains("classroom");
    assertThat(spans.named("http post"))
        .as("the requests themselves")
        .anySatisfy(http -> assertThat(http.getParentSpanId()).isEqualTo(start.getSpanId()));
  }

  @Test
  void whatNobodyLooksAtLeavesNoSpans() {
    world.metrics("text/plain");

    assertThat(spans.names())
        .noneMatch(name -> name.startsWith("security") || name.startsWith("task"));
  }

  @Test
  void slowCallsLeadToTheirTraces() {
    world.starts("math-101");

    String metrics = world.metrics("application/openmetrics-text");

    assertThat(metrics)
        .containsPattern("reelkeeper_provider_call_seconds_bucket\\{.*# \\{.*trace_id=");
    assertThat(metrics.lines().filter(line -> line.contains("# {")))
        .as("where OpenMetrics allows it")
        .allMatch(line -> line.matches("[a-z0-9_]+_(bucket|total)[{ ].*"));
  }
}
