-- Invented identities. CVR numbers begin with 9 (at large scales also with 0). No real CVR number
-- begins with these digits. The numbers of participants have valid check digits. There are not
-- enough valid numbers for all companies that take part in no activity. At scale 2 and above, such
-- companies of all replicas but the first have wrong check digits on purpose. Foreign ids begin
-- with SAMPLE.
create or replace macro prefix_at(place) as (9000000 + place) % 10000000;
create or replace macro check_digit(prefix) as (
    11 - (
        2 * (prefix // 1000000)
        + 7 * (prefix // 100000 % 10)
        + 6 * (prefix // 10000 % 10)
        + 5 * (prefix // 1000 % 10)
        + 4 * (prefix // 100 % 10)
        + 3 * (prefix // 10 % 10)
        + 2 * (prefix % 10)
    ) % 11
) % 11;
create or replace macro failing_number(place) as lpad(cast(
    10 * prefix_at(place // 9)
    + (check_digit(prefix_at(place // 9)) + 1 + place % 9) % 10 as varchar), 8, '0');
