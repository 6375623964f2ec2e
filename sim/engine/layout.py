"""Where each number stands: fields of the objects, columns of their cards.

All numbers of a batch stand in one array, `state[row, case]`. Every object has a card, a row of integers: its first
entry says in which row of the state its fields begin, so that `state[card[at.ROW] + at.LINK_BOOK]` is the book of a
link, one number for each case. Other entries point to the cards of its neighbours, or say what it is.
One array of numbers and one of cards keep the call of a compiled day cheap.
"""

# Facilities, in units of activity.
PLANT_PLAN, PLANT_RUN, PLANT_RULE, PLANT_FIELDS = range(4)
"""PLANT_RULE is the number of its rule of allocation."""

# Shelves: the products of facilities, in units of the product.
(
    SHELF_YIELD,  # made per unit of activity
    SHELF_TARGET,  # finished stock plus work in process aimed at, before today's orders
    SHELF_STORAGE,  # most finished stock; inf if unlimited
    SHELF_RECOVERY,  # recovery capacity of a by-product; inf if unlimited
    SHELF_FINISHED,
    SHELF_IN_PROCESS,
    SHELF_OWED,  # all orders in the book; from dispatch on, the backlog
    SHELF_OUTPUT,  # finished today
    SHELF_DISCARDED,  # since day 0
    SHELF_LOST,  # destroyed or seized since day 0
    SHELF_PIPELINE,  # planned whole days of processing
    SHELF_COVER,  # days of planned output kept as finished stock
    SHELF_FIELDS,
) = range(13)

# Inputs, in units of the input; a market has one.
(
    INPUT_PER,  # used per unit of activity
    INPUT_DEPENDENCE,
    INPUT_THROTTLE,  # share of target cover below which the run slows
    INPUT_COVER,
    INPUT_USAGE,  # a day, as orders reckon it
    INPUT_SMOOTHING,
    INPUT_STOCK,
    INPUT_USED,  # today
    INPUT_LOST,  # destroyed or seized since day 0
    INPUT_STOPPED,  # 1 while nothing is ordered
    INPUT_FIELDS,
) = range(11)

# Links.
(
    LINK_SHARE,
    LINK_USUAL,  # planned flow a day
    LINK_DELAY,  # days that orders reckon with between dispatch and use
    LINK_TARGET,  # share of usage × (cover + 1 + delay)
    LINK_LIMIT,  # most dispatched today; inf if nothing limits it, 0 if shut
    LINK_QUOTA,  # left in the period; inf without a quota
    LINK_BOOK,
    LINK_ON_ORDER,
    LINK_MAIL_EVEN,  # orders posted on odd days, read on even days
    LINK_MAIL_ODD,
    LINK_SHIPPED,  # released on the lane today
    LINK_AGE,  # smoothed age of goods at delivery
    LINK_OLDEST,  # day of the oldest order not yet delivered
    LINK_LEARNS,
    LINK_SEEN,  # day of the last delivery, for a buyer that learns
    LINK_LEAST,  # orders of a day at least
    LINK_FIELDS,
) = range(17)

# Desk: what stands before an authority, for each link that one may control.
(
    DESK_NEEDED,  # part of usual flow that needs a licence today: 1 all, 0 none and nothing is limited
    DESK_LICENSED,  # lever: 1 while the regime is in force, less while it sets in or fades
    DESK_APPROVAL,
    DESK_BARRED_SHARE,  # lever: of orders, never approved
    DESK_GENERAL_SHARE,  # lever: of usual flow, under general licences
    DESK_SUSPENDED,
    DESK_BARRED,  # orders in the book that are never approved
    DESK_READY,  # dispatched, not yet filed
    DESK_HELD,  # all that waits at the exporter, ready goods included
    DESK_WAITING,  # denied orders that wait before they return to the book
    DESK_RETURNED,  # letters to the seller: goods back, orders back
    DESK_REBOOKED,
    DESK_CANCELLED,  # letter to the buyer
    DESK_RELEASED,  # released this morning
    DESK_CLEARED,  # released today, for the cap on releases
    DESK_FILED,
    DESK_APPROVED,
    DESK_DENIED,
    DESK_PENDING,
    DESK_REVIEW_DAYS,
    DESK_COVERED_UNTIL,  # end of a general licence
    DESK_COVERED_FROM,  # when it was granted
    DESK_ASKED,  # 1 while an application for a general licence is pending
    DESK_NOT_BEFORE,  # no general licence is asked for before this
    DESK_DELAY,  # calendar days added to the review of what is filed today
    DESK_FIELDS,
) = range(26)

# Markets.
(
    MARKET_DEMAND,
    MARKET_SALES,
    MARKET_UNMET,
    MARKET_LOST,
    MARKET_WAITING,
    MARKET_PATIENCE,  # whole days; -1 is endless
    MARKET_FIELDS,
) = range(7)

# Populations: facilities that stand for many firms.
POPULATION_STOPPED, POPULATION_EVER, POPULATION_FIELDS = range(3)
"""Firms that make nothing today because an input is missing, and those that ever did so far."""

# Responses.
RESPONSE_ACTS, RESPONSE_FIELDS = range(2)
"""RESPONSE_ACTS is 1 on days on which it acts."""

# Laws: durations and rates that may be random; today's value is times × draw + added.
LAW_A, LAW_B, LAW_C, LAW_TABLE, LAW_TIMES, LAW_ADDED, LAW_NOW, LAW_FIELDS = range(8)

# Cards. Column 0 is the first row of the object's fields; the first card of all is the header.
ROW = 0
HEAD_SCRATCH, HEAD_PLANT, HEAD_PLANT_END, HEAD_LINK, HEAD_LINK_END = range(1, 6)
(
    PLANT_SHELF,
    PLANT_SHELF_END,
    PLANT_INPUT,
    PLANT_INPUT_END,
    PLANT_CAPACITY,  # law
    PLANT_PROCESSING,  # law
    PLANT_HAS_PROCESSING,
    PLANT_FLAT,
    PLANT_HAS_STORAGE,
) = range(1, 10)
(
    SHELF_OUT,
    SHELF_OUT_END,
    SHELF_PACES,
    SHELF_RING,  # first row of its ring of days
    SHELF_MASK,
    SHELF_LONGEST,  # longest processing time in days, rounded up
    SHELF_FREE,  # 1 if no link out of it has a limit, a quota or an authority
    SHELF_ALIKE,  # 1 if yield and target are the same in all cases for good
    SHELF_UNCAPPED,  # 1 if no case limits its recovery
    SHELF_AT_ONCE,  # 1 if what is started is finished at once, so that no work is in process
) = range(1, 11)
OUT_LINK = 1
(
    INPUT_LINK,
    INPUT_LINK_END,
    INPUT_PARTIAL,  # 1 if some case can partly do without it
    INPUT_DYNAMIC,  # 1 if its links' targets are reckoned anew each day
    INPUT_SMOOTHED,
    INPUT_SLOWS,  # 1 if a throttle applies in some case
    INPUT_ALIKE,  # 1 if the amount per unit of activity is the same in all cases for good
) = range(1, 8)
(
    LINK_RING,  # first row of its ring of days
    LINK_MASK,
    LINK_TRANSIT,  # law
    LINK_FIXED,  # whole days where every case has the same unchanging transit, else 0
    LINK_LIMITED,
    LINK_DESK,  # first row of its fields on the desk, or -1
    LINK_RANK,
    LINK_HOME,  # 1 if the buyer is in the seller's country
    LINK_HISTORY,  # first row of the ring of past orders of a link that learns, or -1
    LINK_HISTORY_MASK,
    LINK_LONGEST,  # longest transit in days, rounded up
    LINK_ALIKE,  # 1 if share and target are the same in all cases for good
    LINK_PUSHED,  # 1 if some response may raise its orders
    LINK_DENIED,  # 1 if an authority may deny an application on it in some case
) = range(1, 15)
(
    MARKET_INPUT,
    MARKET_LAW,
    MARKET_RING,
    MARKET_MASK,
    MARKET_QUEUES,  # 1 if demand waits in some case, and not without end
) = range(1, 6)
LAW_KEY, LAW_KIND, LAW_TOUCHED, LAW_ALIKE = range(1, 5)
CARD_COLUMNS = 15

# Rules of allocation, as in `responses.ALLOCATIONS`.
USUAL, PROPORTIONAL, PRIORITY, EQUAL, DOMESTIC_FIRST = range(5)
