package io.reelkeeper.outbox;

import java.io.IOException;
import java.time.Clock;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/// The endpoints of all subscribers, by name.
@Component
class Endpoints implements DisposableBean {

  private final Map<String, Endpoint> all = new TreeMap<>();

  Endpoints(OutboxSettings settings, Clock clock) {
    settings
        .subscribers()
        .forEach(
            (name, subscriber) ->
                all.put(
                    name,
                    new Endpoint(
                        subscriber, settings.outbox(), SystemDefaultDnsResolver.INSTANCE, clock)));
  }

  Endpoint of(String subscriber) {
    Endpoint endpoint = all.get(subscriber);
    if (endpoint == null) {
      throw new IllegalArgumentException("no subscriber '" + subscriber + "'");
    }
    return endpoint;
  }

  @Override
  public void destroy() throws IOException {
    for (Endpoint endpoint : all.values()) {
      endpoint.close();
    }
  }
}
