package io.reelkeeper.core;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Gauges of one name, one for each set of tags, that show what was last set.
///
/// Micrometer's `MultiGauge` takes a gauge away before it puts the next one in its place: a scrape
/// that came in between found a figure missing, or twice, and was answered 500.
public final class Figures {

  private final String name;
  private final @Nullable String unit;
  private final String description;
  private final MeterRegistry meters;
  private final Map<Tags, AtomicReference<Double>> last = new ConcurrentHashMap<>();

  public Figures(String name, @Nullable String unit, String description, MeterRegistry meters) {
    this.name = name;
    this.unit = unit;
    this.description = description;
    this.meters = meters;
  }

  public void set(Tags tags, double figure) {
    last.computeIfAbsent(tags, this::gauge).set(figure);
  }

  private AtomicReference<Double> gauge(Tags tags) {
    var figure = new AtomicReference<>(0.0);
    Gauge.builder(name, figure, AtomicReference::get)
        .tags(tags)
        .baseUnit(unit)
        .description(description)
        .register(meters);
    return figure;
  }
}
