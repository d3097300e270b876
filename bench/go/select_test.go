package bench

import (
	"context"
	"reflect"
	"sync"
	"testing"
	"time"
)

// receiver answers what receives one value by a select over the channels; Go's select has as many cases as it is written with.
func receiver(channels []chan int) func() int {
	switch len(channels) {
	case 2:
		a, b := channels[0], channels[1]
		return func() int {
			select {
			case v := <-a:
				return v
			case v := <-b:
				return v
			}
		}
	case 8:
		return func() int { return select8((*[8]chan int)(channels)) }
	default:
		return func() int { return select64((*[64]chan int)(channels)) }
	}
}

// reflected does the same with a number of cases that is known at run time only.
func reflected(channels []chan int) func() int {
	cases := make([]reflect.SelectCase, len(channels))
	for i, c := range channels {
		cases[i] = reflect.SelectCase{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(c)}
	}
	return func() int {
		_, v, _ := reflect.Select(cases)
		return int(v.Int())
	}
}

func makeChannels(count, capacity int) []chan int {
	channels := make([]chan int, count)
	for i := range channels {
		channels[i] = make(chan int, capacity)
	}
	return channels
}

func selectReady(b *testing.B, count int, selecting func([]chan int) func() int) {
	channels := makeChannels(count, 1)
	for i, c := range channels {
		c <- i
	}
	receive := selecting(channels)
	b.ResetTimer()
	for range b.N {
		i := receive()
		channels[i] <- i
	}
}

func selectBlocking(b *testing.B, count int, selecting func([]chan int) func() int) {
	channels := makeChannels(count, 0)
	move(b.N, channels, selecting(channels))
}

// move sends so many values to the channels in turn, while another goroutine receives as many.
func move(values int, channels []chan int, receive func() int) {
	var group sync.WaitGroup
	var sum int64
	group.Go(func() {
		for range values {
			sum += int64(receive())
		}
	})
	group.Go(func() {
		next := 0
		for i := range values {
			channels[next] <- i & mask
			if next++; next == len(channels) {
				next = 0
			}
		}
	})
	group.Wait()
}

func BenchmarkSelectReady(b *testing.B) {
	eachCount(b, []int{2, 8, 64}, func(b *testing.B, count int) { selectReady(b, count, receiver) })
}

func BenchmarkSelectReady_Reflect(b *testing.B) {
	eachCount(b, []int{2, 8, 64}, func(b *testing.B, count int) { selectReady(b, count, reflected) })
}

func BenchmarkSelectBlocking(b *testing.B) {
	eachCount(b, []int{2, 8, 64}, func(b *testing.B, count int) { selectBlocking(b, count, receiver) })
}

func BenchmarkSelectBlocking_Reflect(b *testing.B) {
	eachCount(b, []int{2, 8, 64}, func(b *testing.B, count int) { selectBlocking(b, count, reflected) })
}

func BenchmarkSelectDone(b *testing.B) {
	b.ReportAllocs()
	defer observe(b)()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	channels := makeChannels(1, 0)
	c := channels[0]
	move(b.N, channels, func() int {
		select {
		case v := <-c:
			return v
		case <-ctx.Done():
			return -1
		}
	})
}

func BenchmarkSelectTimeout(b *testing.B) {
	b.ReportAllocs()
	defer observe(b)()
	channels := makeChannels(1, 0)
	c := channels[0]
	move(b.N, channels, func() int {
		select {
		case v := <-c:
			return v
		case <-time.After(10 * time.Second):
			return -1
		}
	})
}

func select8(c *[8]chan int) int {
	select {
	case v := <-c[0]:
		return v
	case v := <-c[1]:
		return v
	case v := <-c[2]:
		return v
	case v := <-c[3]:
		return v
	case v := <-c[4]:
		return v
	case v := <-c[5]:
		return v
	case v := <-c[6]:
		return v
	case v := <-c[7]:
		return v
	}
}

func select64(c *[64]chan int) int {
	select {
	case v := <-c[0]:
		return v
	case v := <-c[1]:
		return v
	case v := <-c[2]:
		return v
	case v := <-c[3]:
		return v
	case v := <-c[4]:
		return v
	case v := <-c[5]:
		return v
	case v := <-c[6]:
		return v
	case v := <-c[7]:
		return v
	case v := <-c[8]:
		return v
	case v := <-c[9]:
		return v
	case v := <-c[10]:
		return v
	case v := <-c[11]:
		return v
	case v := <-c[12]:
		return v
	case v := <-c[13]:
		return v
	case v := <-c[14]:
		return v
	case v := <-c[15]:
		return v
	case v := <-c[16]:
		return v
	case v := <-c[17]:
		return v
	case v := <-c[18]:
		return v
	case v := <-c[19]:
		return v
	case v := <-c[20]:
		return v
	case v := <-c[21]:
		return v
	case v := <-c[22]:
		return v
	case v := <-c[23]:
		return v
	case v := <-c[24]:
		return v
	case v := <-c[25]:
		return v
	case v := <-c[26]:
		return v
	case v := <-c[27]:
		return v
	case v := <-c[28]:
		return v
	case v := <-c[29]:
		return v
	case v := <-c[30]:
		return v
	case v := <-c[31]:
		return v
	case v := <-c[32]:
		return v
	case v := <-c[33]:
		return v
	case v := <-c[34]:
		return v
	case v := <-c[35]:
		return v
	case v := <-c[36]:
		return v
	case v := <-c[37]:
		return v
	case v := <-c[38]:
		return v
	case v := <-c[39]:
		return v
	case v := <-c[40]:
		return v
	case v := <-c[41]:
		return v
	case v := <-c[42]:
		return v
	case v := <-c[43]:
		return v
	case v := <-c[44]:
		return v
	case v := <-c[45]:
		return v
	case v := <-c[46]:
		return v
	case v := <-c[47]:
		return v
	case v := <-c[48]:
		return v
	case v := <-c[49]:
		return v
	case v := <-c[50]:
		return v
	case v := <-c[51]:
		return v
	case v := <-c[52]:
		return v
	case v := <-c[53]:
		return v
	case v := <-c[54]:
		return v
	case v := <-c[55]:
		return v
	case v := <-c[56]:
		return v
	case v := <-c[57]:
		return v
	case v := <-c[58]:
		return v
	case v := <-c[59]:
		return v
	case v := <-c[60]:
		return v
	case v := <-c[61]:
		return v
	case v := <-c[62]:
		return v
	case v := <-c[63]:
		return v
	}
}
