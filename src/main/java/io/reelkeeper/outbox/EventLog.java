package io.reelkeeper.outbox;

import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// The events in the order in which everybody sees them.
///
/// What commits late gets a late position, so nobody who goes by positions misses it. The events of
/// a session keep their order: its transactions follow each other, so who sees one sees those
/// before it.
@Component
public class EventLog {

  private static final String PLACE =
      """
      with head as (
        select position from outbox_head
         where exists (select from outbox where position is null)
           for update skip locked),
      fresh as (
        select o.id, head.position + row_number() over (order by o.id) as position
          from (select id from outbox where position is null order by id limit :most) o, head),
      placed as (
        update outbox o set position = fresh.position from fresh
         where o.id = fresh.id and o.position is null
        returning o.position),
      moved as (
        update outbox_head set position = (select max(position) from fresh)
         where exists (select from fresh))
      select count(*) from placed
      """;

  private final JdbcClient jdbc;

  EventLog(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /// Gives positions to events that have none, unless another replica is at it: one statement, so
  /// that the lock on the head lasts no longer than its commit.
  ///
  /// The check for null is for a replica that waited for nothing but began before the other one's
  /// commit: it sees the old events and the new head.
  ///
  /// @return how many
  int place(int most) {
    return jdbc.sql(PLACE).param("most", most).query(Integer.class).single();
  }

  /// The last position that was given.
  public long head() {
    return jdbc.sql("select position from outbox_head").query(Long.class).single();
  }

  /// The first events after a position.
  ///
  /// @param upTo the last position that is looked at
  public List<StoredEvent> after(long position, long upTo, EventFilter filter, int most) {
    return jdbc.sql(
            "select * from outbox where position > :after and position <= :upTo and "
                + EventFilter.SQL
                + " order by position limit :most")
        .param("after", position)
        .param("upTo", upTo)
        .param("apps", filter.appsOrNull())
        .param("likes", filter.likesOrNull())
        .param("session", filter.session())
        .param("most", most)
        .query(StoredEvent::of)
        .list();
  }

  /// The first events of a session after a position.
  List<StoredEvent> of(UUID session, long position, long upTo, EventFilter filter, int most) {
    return after(position, upTo, new EventFilter(filter.apps(), filter.types(), session), most);
  }
}
