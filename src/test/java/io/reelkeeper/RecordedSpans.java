package io.reelkeeper;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.springframework.stereotype.Component;

/// Keeps spans in memory, from [#record] to [#forget]; else none is sampled.
@Component
final class RecordedSpans implements SpanProcessor, Sampler {

  private final List<SpanData> spans = new CopyOnWriteArrayList<>();
  private volatile boolean recording;

  void record() {
    recording = true;
  }

  void forget() {
    recording = false;
    spans.clear();
  }

  /// The spans of this name, oldest first.
  List<SpanData> named(String name) {
    return spans.stream().filter(span -> span.getName().equals(name)).toList();
  }

  List<String> names() {
    return spans.stream().map(SpanData::getName).distinct().toList();
  }

  static String session(SpanData span) {
    return String.valueOf(span.getAttributes().get(AttributeKey.stringKey("session")));
  }

  @Override
  public SamplingResult shouldSample(
      Context parent,
      String traceId,
      String name,
      SpanKind kind,
      Attributes attributes,
      List<LinkData> links) {
    return recording ? SamplingResult.recordAndSample() : SamplingResult.drop();
  }

  @Override
  public String getDescription() {
    return "while a test asks for it";
  }

  @Override
  public void onStart(Context parent, ReadWriteSpan span) {}

  @Override
  public boolean isStartRequired() {
    return false;
  }

  @Override
  public void onEnd(ReadableSpan span) {
    spans.add(span.toSpanData());
  }

  @Override
  public boolean isEndRequired() {
    return true;
  }
}
