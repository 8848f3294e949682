package bench;

import java.io.Serializable;

/** One line of the topic. A POJO to Flink: public fields, a constructor without arguments. */
public class Transaction implements Serializable {
    /** Event time, epoch milliseconds. */
    public long timeMs;
    public int origin;
    public int target;
    /** Whole dollars. */
    public int amount;
    /** Fifth field, by which whoever wrote the line knows it again; 0 where there is none. */
    public long number;

    public Transaction() {}

    void writeTo(StringBuilder text) {
        text.append("\nTransaction{timestamp=").append(timeMs).append(", origin=").append(origin)
            .append(", target='").append(target).append("', amount=").append(amount).append('}');
    }
}
