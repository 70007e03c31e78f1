package io.secateur.nn;

import java.util.List;

/** Channel numbers for people. */
public final class ChannelRanges {
  private ChannelRanges() {}

  /** Ascending numbers as ranges: {@code [0-3, 7]}. */
  public static String text(List<Integer> channels) {
    StringBuilder text = new StringBuilder("[");
    for (int i = 0; i < channels.size(); ) {
      int end = i;
      while (end + 1 < channels.size() && channels.get(end + 1) == channels.get(end) + 1) {
        end++;
      }
      text.append(i == 0 ? "" : ", ").append(channels.get(i));
      if (end > i) {
        text.append('-').append(channels.get(end));
      }
      i = end + 1;
    }
    return text.append(']').toString();
  }
}
