package io.reelkeeper.outbox;

import java.sql.Timestamp;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/// Keeps events for the business in the order in which they became true.
@Component
public class Outbox {

  private final JdbcClient jdbc;
  private final JsonMapper json;

  Outbox(JdbcClient jdbc, JsonMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  /// Writes the events in the transaction of the caller.
  public void write(List<BusinessEvent> events) {
    if (events.isEmpty()) {
      return;
    }
    jdbc.sql(
            """
            insert into outbox (session_id, app, type, at, data)
            select * from unnest(?::uuid[], ?::text[], ?::text[], ?::timestamptz[], ?::jsonb[])
            """)
        .param(events.stream().map(e -> e.session().toString()).toArray(String[]::new))
        .param(events.stream().map(BusinessEvent::app).toArray(String[]::new))
        .param(events.stream().map(BusinessEvent::type).toArray(String[]::new))
        .param(events.stream().map(e -> Timestamp.from(e.at())).toArray(Timestamp[]::new))
        .param(events.stream().map(e -> json.writeValueAsString(e.data())).toArray(String[]::new))
        .update();
  }
}
